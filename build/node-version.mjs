// Imported first by every runner, so that an old Node is named before anything newer than it is evaluated.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;

if (!supported) {
  process.stderr.write(`Claude Manager needs Node 20.19 or newer (in the 22 line: 22.12). This is Node ${process.versions.node}.\n`);
  process.exit(1);
}
