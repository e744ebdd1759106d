export const limit: number = = 5;
