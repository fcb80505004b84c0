/** The texts of one part by item, such as `scikit-learn` → `==1.9.1`; a part that is one value has the item ''. */
export type Items = Readonly<Record<string, string>>;
