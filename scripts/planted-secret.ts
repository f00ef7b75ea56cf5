/** The secret of every configuration in the tests. `npm test` fails when it stands anywhere in what the whole suite prints. */
export const plantedSecret = "planted-3b1f7c9e";
