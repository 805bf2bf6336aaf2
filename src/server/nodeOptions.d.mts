export function withoutInspector(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
export function withoutInspectorAndPreloads(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
