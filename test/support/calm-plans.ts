import type { ImagePlan } from '../../src/plan/image-plan.ts';

/** A plan of the same shape in which every text is a harmless word, and what each word stands for. */
export interface CalmPlan {
  readonly plan: ImagePlan;
  readonly words: ReadonlyMap<string, string>;
}

/** A word that needs no quotes anywhere; no word is a part of another. */
const calmWord = (index: number): string => `calm${index}z`;
export const CALM_WORD = /calm\d+z/g;

/** Words are numbered in the order of the fields, so that plans of one shape have one calm plan. */
export function calmPlan(plan: ImagePlan): CalmPlan {
  const words = new Map<string, string>();
  const calm = (text: string): string => {
    const word = calmWord(words.size);
    words.set(word, text);
    return word;
  };
  const pairs = (list: ImagePlan['env']): ImagePlan['env'] =>
    list.map(([name, value]) => [calm(name), calm(value)]);
  return {
    words,
    plan: {
      ...plan,
      baseImage: calm(plan.baseImage),
      systemPackages: plan.systemPackages.map(calm),
      buildPackages: plan.buildPackages.map(calm),
      buildArgNames: plan.buildArgNames.map(calm),
      requiredModelPaths: plan.requiredModelPaths.map(calm),
      ...(plan.indexUrl === undefined ? {} : { indexUrl: calm(plan.indexUrl) }),
      extraIndexUrls: plan.extraIndexUrls.map(calm),
      insecureHosts: plan.insecureHosts.map(calm),
      requirements: plan.requirements.map(calm),
      declared: plan.declared.map(calm),
      constraints: plan.constraints.map(calm),
      env: pairs(plan.env),
      labels: pairs(plan.labels),
    },
  };
}
