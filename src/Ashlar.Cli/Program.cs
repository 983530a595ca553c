return await Ashlar.Cli.CommandLine.RunAsync(args).ConfigureAwait(false);
