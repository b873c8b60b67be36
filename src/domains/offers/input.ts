import { z } from 'zod';
import { line, moment, perConfig } from '../../platform/validation.ts';

/** An amount of money: exact, because it is whole units of the smallest coin, as banks and payment services send it. */
export interface MoneyInput {
  /** 1250 with USD is 12.50 dollars, with JPY 1250 yen. */
  minorUnits: number;
  /** ISO 4217. */
  currency: string;
}

export interface CreateOfferInput {
  /** Id or externalId. */
  conversationId: string;
  /** Absent and null: the other person of a conversation of two. */
  recipientId?: string | null | undefined;
  title: string;
  amount: MoneyInput;
  /** Absent and null: never. */
  expiresAt?: Date | null | undefined;
}

export interface UpdateOfferInput {
  offerId: string;
  status: 'COUNTERED' | 'DECLINED' | 'WITHDRAWN';
  /** With COUNTERED, and only there. */
  amount?: MoneyInput | null | undefined;
  /** With COUNTERED: absent leaves it, null takes it away. */
  expiresAt?: Date | null | undefined;
  expectedVersion?: number | null | undefined;
}

// Those of ISO 4217 that this runtime knows.
const currencies = new Set(Intl.supportedValuesOf('currency'));

const money = z.object({
  minorUnits: z.int('must be a whole number').min(0, 'must not be negative'),
  currency: z.string().refine((code) => currencies.has(code), 'must be a code of ISO 4217 such as EUR'),
});

export const createOfferSchema = perConfig(({ titleMaxChars }) =>
  z.object({
    conversationId: z.string(),
    recipientId: z.string().nullish(),
    title: line(titleMaxChars),
    amount: money,
    expiresAt: moment.nullish(),
  }),
);

export const updateOfferSchema = z.object({
  offerId: z.string(),
  status: z.enum(['COUNTERED', 'DECLINED', 'WITHDRAWN']),
  amount: money.nullish(),
  expiresAt: moment.nullable().optional(),
  expectedVersion: z.int().nullish(),
});
