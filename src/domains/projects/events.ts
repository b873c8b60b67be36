import { changes, defineEvents, event, followersOnly, ref } from '../../events/define.ts';

const project = ref('Project', 'The project; after its deletion what is left of it.');

/** The life of a project. Its name and description are free text: read through the project, never stored here. */
export const projectEvents = defineEvents('project', {
  ProjectCreated: event({
    description: 'A project was created. Also in the own topic of its first owner, whose open streams gain it.',
    fields: { project, owner: ref('User', 'Its first owner.') },
    copies: ({ ownerId }) => [ownerId],
    access: ({ ownerId }) => ({ effect: 'granted', userId: ownerId, role: 'OWNER' }),
  }),
  ProjectUpdated: event({
    wireName: 'project.updated',
    description: 'The name or description of a project changed.',
    fields: { project, changes: changes('What changed; both are free text, so `from` and `to` are null.') },
    notify: {
      ...followersOnly,
      thread: ({ data }) => `topic:${data.projectId}`,
      subject: ({ data }) => ({ model: 'Project', id: data.projectId }),
      followers: { title: ({ actor, subject }) => `${actor} changed ${subject}` },
    },
  }),
  ProjectDeleted: event({
    description: 'A project was deleted, with everything in it; every stream of it ends after this.',
    fields: { project },
    expires: () => 'topic',
    access: () => ({ effect: 'ended' }),
  }),
});
