// Times ONNX Runtime:
// node onnx_runtime_bench.js FOLDER MODEL.onnx INPUT.f32 SIZE THREADS WARM_UP_SECONDS RUNS SECONDS [BOXES.f32 LOGITS.f32]
// FOLDER is where npm installed onnxruntime-node; the rest is as in opencv_bench.cpp. MODEL's first output are the boxes.

const fs = require('fs');
const path = require('path');

const [folder, model, inputFile, sizeText, threads, warmUpSeconds, runs, seconds, boxesFile, logitsFile] = process.argv.slice(2);
const packageFolder = path.resolve(folder, 'node_modules', 'onnxruntime-node');
const runtime = require(packageFolder);

function nowInMilliseconds() {
  return Number(process.hrtime.bigint()) / 1e6;
}

function peakMemoryBytes() {
  return Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
}

/** What each run took, in milliseconds: at least `atLeast` of them, and `forSeconds` in all. */
async function timesOf(run, atLeast, forSeconds) {
  const times = [];
  const begin = nowInMilliseconds();
  for (let end = begin; times.length < atLeast || end - begin < forSeconds * 1e3;) {
    const before = nowInMilliseconds();
    await run();
    end = nowInMilliseconds();
    times.push(end - before);
  }
  return times;
}

async function main() {
  const size = Number(sizeText);
  const bytes = fs.readFileSync(inputFile);
  const values = new Float32Array(3 * size * size);
  values.set(new Float32Array(bytes.buffer, bytes.byteOffset, values.length));

  const session = await runtime.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    interOpNumThreads: 1,
    intraOpNumThreads: Number(threads),
  });
  const feeds = { [session.inputNames[0]]: new runtime.Tensor('float32', values, [1, 3, size, size]) };
  let outputs;
  const run = async () => { outputs = await session.run(feeds); };
  await timesOf(run, 1, Number(warmUpSeconds));
  const times = await timesOf(run, Number(runs), Number(seconds));

  const version = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8')).version;
  console.log(JSON.stringify({ version, peak_bytes: peakMemoryBytes(), times_ms: times }));
  [boxesFile, logitsFile].forEach((file, index) => {
    if (file) fs.writeFileSync(file, outputs[session.outputNames[index]].data);
  });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
