export const projectFolder: string;
export const programs: readonly string[];
