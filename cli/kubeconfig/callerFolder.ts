/** Returns the folder that slipway was called in; scripts/slipway changes to the checkout before it starts Node. */
export const callerFolder = (env: NodeJS.ProcessEnv = process.env): string => env.SLIPWAY_CALLED_IN || process.cwd();
