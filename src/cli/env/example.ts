import { type Command, ExitCode } from '../command.js';
import { readOptions } from '../read-options.js';
import { ask, print } from './ask.js';
import { CONFIG, HELP } from './options.js';

const options = { config: CONFIG };

/** `env example`: an example of an environment file, to be redirected into one. */
export const example: Command = {
  name: 'example',
  aliases: [],
  summary: 'print an example of an environment file',
  options,
  async run(words, io) {
    const { config } = readOptions('env example', HELP, options, words);
    print(await ask(config, io, (found) => found.toEnvExample()), io);
    return ExitCode.PASS;
  },
};
