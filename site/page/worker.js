// Python for one page, in a thread of its own: the page stays free, and can end it.

importScripts("pyodide/pyodide.js");

const tell = (message) => postMessage(JSON.stringify(message));

// Counts what comes in, so that a reader sees how far it is.
function countFetches(total) {
  const fetched = self.fetch;
  let loaded = 0;
  const counter = () =>
    new TransformStream({
      transform(chunk, stream) {
        loaded += chunk.length;
        tell({ loaded, total });
        stream.enqueue(chunk);
      },
    });
  self.fetch = async (...what) => {
    const { body, headers, status } = await fetched(...what);
    return new Response(body?.pipeThrough(counter()), { headers, status });
  };
}

async function start() {
  const { wheel, packages, bytes } = await (await fetch("pyodide/files.json")).json();
  countFetches(bytes);
  const archives = [wheel, "page.zip"].map(async (name) => (await fetch(`pyodide/${name}`)).arrayBuffer());
  const python = await loadPyodide({ packages, indexURL: new URL("pyodide/", location).href });
  for (const archive of archives) python.unpackArchive(await archive, "zip", { extractDir: "/page" });
  python.runPython(`import os, sys; sys.path.insert(0, "/page"); os.chdir("/page/notebooks")`);
  const cells = python.pyimport("cells");
  tell({ ready: true });
  return cells;
}

const ready = start();
ready.catch((error) => tell({ broken: String(error) }));
onmessage = async ({ data }) => {
  const cells = await ready;
  try {
    if (data.run !== undefined) cells.run(data.run);
    else if (data.texts) cells.learn(data.texts);
    else cells.to_widget(data.widget, data.act, data.content);
  } catch (error) {
    tell({ crashed: String(error).split("\n")[0] }); // Python itself, as when its memory is full
  }
};
