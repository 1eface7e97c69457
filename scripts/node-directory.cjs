// The headers that the addon is compiled with, so that building needs no download: those of the running Node, or
// those of the package node-api-headers.

const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');

/** @param {string} file */
function majorVersionOf(file) {
  const match = /define NODE_MAJOR_VERSION (\d+)/.exec(fs.readFileSync(file, 'utf8'));
  return match ? match[1] : null;
}

/**
 * A folder is good when it holds the headers of this major version: `include/node`, as installed.
 * @param {string} directory
 */
function holdsHeaders(directory) {
  const include = path.join(directory, 'include', 'node');
  const needed = ['node_api.h', 'common.gypi', 'node_version.h'];
  if (!needed.every((file) => fs.existsSync(path.join(include, file)))) return false;
  const running = process.versions.node.split('.')[0];
  return majorVersionOf(path.join(include, 'node_version.h')) === running;
}

/** @returns {string | undefined} */
function installedHeaders() {
  const candidates = [
    path.resolve(process.execPath, '../..'),
    path.resolve(fs.realpathSync(process.execPath), '../..'),
    '/usr/local',
    '/usr',
    '/opt/homebrew',
    '/opt/local',
  ];
  return candidates.find(holdsHeaders);
}

// The part of Node's own common.gypi that an addon of Node-API needs; the rest of the settings is in
// native/settings.gypi.
const commonGypi = `{
  'variables': {
    'visibility%': 'hidden',
    'target_arch%': '${process.arch}',
    'host_arch%': '${process.arch}',
    'library%': 'static_library',
    'node_shared%': 'false',
    'python%': 'python'
  },
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': {
      'Debug': { 'defines': ['DEBUG', '_DEBUG'], 'cflags': ['-g', '-O0'] },
      'Release': {
        'cflags': ['-O3', '-fno-omit-frame-pointer'],
        'msvs_settings': {
          'VCCLCompilerTool': { 'Optimization': 3, 'FavorSizeOrSpeed': 1, 'RuntimeLibrary': 0 }
        }
      }
    },
    'conditions': [
      ['OS == "win"', {
        'msvs_configuration_platform': '${process.arch}',
        'msvs_cygwin_shell': 0,
        'defines': ['WIN32', '_CRT_SECURE_NO_DEPRECATE', '_CRT_NONSTDC_NO_DEPRECATE']
      }, 'OS != "mac"', {
        'cflags': ['-pthread'],
        'ldflags': ['-pthread', '-rdynamic'],
        'target_conditions': [['_type == "static_library"', { 'standalone_static_library': 1 }]]
      }]
    ]
  }
}
`;

/**
 * Makes a folder like the one that Node installs, from the headers of the package node-api-headers.
 * @param {string} directory where
 */
function writePackagedHeaders(directory) {
  const include = path.join(directory, 'include', 'node');
  fs.mkdirSync(include, { recursive: true });
  const source = require('node-api-headers').include_dir;
  for (const file of fs.readdirSync(source)) {
    if (file.endsWith('.h')) fs.copyFileSync(path.join(source, file), path.join(include, file));
  }
  fs.writeFileSync(path.join(include, 'common.gypi'), commonGypi);
  fs.writeFileSync(path.join(include, 'config.gypi'), '{}\n');
  const [major, minor, patch] = process.versions.node.split('.');
  const version = [
    `#define NODE_MAJOR_VERSION ${major}`,
    `#define NODE_MINOR_VERSION ${minor}`,
    `#define NODE_PATCH_VERSION ${patch}`,
  ];
  fs.writeFileSync(path.join(include, 'node_version.h'), `${version.join('\n')}\n`);
}

/**
 * The environment for node-gyp: with `npm_config_nodedir`, unless the user has set it.
 *
 * On Windows node-gyp also needs node.lib, which only its own download brings, so it is left alone.
 * @param {object} [options]
 * @param {string} [options.packagedIn] a folder to write the headers of node-api-headers to, which are then
 *   taken whatever Node has brought
 * @returns {NodeJS.ProcessEnv}
 */
function gypEnvironment({ packagedIn } = {}) {
  if (process.platform === 'win32') return process.env;
  if (packagedIn !== undefined) {
    writePackagedHeaders(packagedIn);
    return { ...process.env, npm_config_nodedir: packagedIn };
  }
  if (process.env.npm_config_nodedir) return process.env;
  let directory = installedHeaders();
  if (directory === undefined) {
    directory = path.join(root, '.node-headers');
    writePackagedHeaders(directory);
  }
  return { ...process.env, npm_config_nodedir: directory };
}

module.exports = { gypEnvironment };
