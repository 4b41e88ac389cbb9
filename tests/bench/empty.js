// A node process that does nothing: what the memory of onnx_runtime_bench.js is counted from.

const fs = require('fs');

const status = fs.readFileSync('/proc/self/status', 'utf8');
console.log(JSON.stringify({ peak_bytes: Number(/VmHWM:\s*(\d+)/.exec(status)[1]) * 1024 }));
