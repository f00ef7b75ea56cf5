/**
 * The ways in which an id is written: Trivy's are also known as `AVD-DS-0002` and `DS002`. All are understood, the first
 * is ours.
 */
export function ruleIdForms(id: string): string[] {
  const trivy = /^DS-0(?<number>\d{3})$/.exec(id);
  return trivy === null ? [id] : [id, `AVD-${id}`, `DS${trivy.groups?.["number"]}`];
}
