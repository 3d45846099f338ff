/**
 * The plugin's bundle: the scaffold's configuration with one entry for the app and one for each plugin nested in it.
 * Nested plugins live outside of `src/`, so entries are named here instead of being searched for, and each nested
 * plugin.json, its image folder and the dashboards are copied to where the app's `includes` point.
 *
 * Plugins must not use dynamic `import()`: a nested module's public path is its own folder, chunks lie at the root.
 */
import CopyWebpackPlugin from 'copy-webpack-plugin';
import path from 'path';
import { type Configuration } from 'webpack';
import scaffold, { type Env } from './.config/webpack/webpack.config.ts';

const root = process.cwd();

/** Folder in the bundle → folder with module.ts and plugin.json. */
const nested: Readonly<Record<string, string>> = {
  datasource: 'datasource/src',
  'panels/packet-sequence': 'panels/packet-sequence/src',
  'panels/nic-topology': 'panels/nic-topology/src',
  'panels/related-logs': 'panels/related-logs/src',
};

const config = async (env: Env): Promise<Configuration> => {
  const base = await scaffold(env);
  return {
    ...base,
    entry: {
      module: path.join(root, 'src/module.tsx'),
      ...Object.fromEntries(
        Object.entries(nested).map(([folder, source]) => [`${folder}/module`, path.join(root, source, 'module.ts')])
      ),
    },
    plugins: [
      // First, so that the plugins that fill in version and build mode see the nested plugin.json too.
      new CopyWebpackPlugin({
        patterns: [
          ...Object.entries(nested).flatMap(([folder, source]) => [
            { from: path.join(root, source, 'plugin.json'), to: path.join(folder, 'plugin.json') },
            { from: path.join(root, source, 'img'), to: path.join(folder, 'img'), noErrorOnMissing: true },
          ]),
          { from: path.join(root, 'provisioning/dashboards/*.json'), to: 'dashboards/[name][ext]' },
          // Beside the module that starts it: a worker is a file of its own.
          {
            from: path.join(root, 'node_modules/elkjs/lib/elk-worker.min.js'),
            to: 'panels/nic-topology/[name][ext]',
            info: { minimized: true },
          },
        ],
      }),
      ...(base.plugins ?? []),
    ],
    resolve: {
      ...base.resolve,
      // The scaffold's public-path module is a virtual file under src/node_modules; nested entries need it too.
      modules: [...(base.resolve?.modules ?? []), path.join(root, 'src/node_modules'), path.join(root, 'node_modules')],
    },
  };
};

export default config;
