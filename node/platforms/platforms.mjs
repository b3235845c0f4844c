// The packages that have the program, one a platform, and what stands in each of them.

/** The platforms that there are packages for, as npm names them. */
const PLATFORMS = [
  { os: 'linux', cpu: 'x64' },
  { os: 'linux', cpu: 'arm64' },
  { os: 'darwin', cpu: 'arm64' },
  { os: 'win32', cpu: 'x64' },
];

const nameOf = ({ os, cpu }) => `@mediusflow-mock/${os}-${cpu}`;

/** The names of all these packages. */
export const NAMES = PLATFORMS.map(nameOf);

/** The package.json of the package for the platform of a program; `libc` is in it if the program needs one. */
export function platformPackage({ os, cpu, libc }) {
  const name = nameOf({ os, cpu });
  if (!NAMES.includes(name)) throw new Error(`there is no package ${name}, only ${NAMES.join(', ')}`);
  return {
    name,
    description: `The program of mediusflow-mock for ${os}-${cpu}`,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
    // The program is the first file; mediusflow-mock/lib/program.js reads its name here.
    files: [os === 'win32' ? 'mediusflow-mock.exe' : 'mediusflow-mock', 'LICENSES.*'],
    // Yarn would leave it in a zip file, where nothing can be run.
    preferUnplugged: true,
    publishConfig: { access: 'public' },
  };
}
