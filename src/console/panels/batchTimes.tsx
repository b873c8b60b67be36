/** Local times at which what was gathered is told. */
export function BatchTimes({ times, save }: { times: readonly string[]; save: (times: string[]) => void }) {
  const submit = (form: FormData) => save(String(form.get('times')).match(/\d{1,2}:\d{2}/g) ?? []);
  return (
    <form className="line" action={submit}>
      <label className="row">
        Batches at
        <input name="times" defaultValue={times.join(', ')} placeholder="never: alerts come at once" />
      </label>
      <button type="submit">Save</button>
    </form>
  );
}
