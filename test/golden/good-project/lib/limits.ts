export const fewest: number = 2;
