// What npm's scripts start: looks at the folder's path, then goes on in bootstrap.mjs. CommonJS, because Node refuses to load a module below a folder
// with a backslash in its name, and would say so in its own words.
const sign = /[\\!?*\p{Cc}]/u.exec(__dirname)?.[0];
if (sign === undefined) void import("./bootstrap.mjs");
else {
  // Node's loader of modules and the bundler of workflows read these signs in a file's path as something else.
  console.error(
    `The project's folder, ${JSON.stringify(__dirname)}, has ${JSON.stringify(sign)} in its path, which the tools that load the code cannot take. Move the folder, or clone it elsewhere; runs may stay where they are (--root DIR).`,
  );
  process.exitCode = 2;
}
