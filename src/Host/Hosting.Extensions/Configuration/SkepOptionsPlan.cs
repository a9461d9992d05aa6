namespace Skep.Hosting.Configuration;

/// <summary>Tells a builder what options say.</summary>
internal static class SkepOptionsPlan
{
    /// <param name="root">Where relative paths start.</param>
    public static void Apply(SkepOptions options, SkepBuilder builder, string root)
    {
        foreach (string folder in options.PluginFolders)
        {
            builder.AddPluginFolder(Path.Combine(root, folder));
        }

        foreach (string file in options.PluginFiles)
        {
            builder.AddPluginFile(Path.Combine(root, file));
        }

        foreach ((string provider, string plugin) in options.Prefer)
        {
            if (SkepOptionsRules.TryParse(provider, out Runtime.ProviderKey? key))
            {
                builder.Prefer(key.Value.Kind, key.Value.Name, plugin);
            }
        }

        foreach (string provider in options.Without)
        {
            if (SkepOptionsRules.TryParse(provider, out Runtime.ProviderKey? key))
            {
                builder.Without(key.Value.Kind, key.Value.Name);
            }
        }

        if (options.Engine is { Length: > 0 } engine)
        {
            builder.UseEngine(engine);
        }

        if (options.AllowHelpers is { } helpers)
        {
            builder.AllowHelpers(helpers);
        }

        if (options.Limits is { } limits)
        {
            builder.Limit(_ => limits);
        }

        if (options.TrustFile is { Length: > 0 } trust)
        {
            builder.RequireTrust(Path.Combine(root, trust));
        }

        if (options.LockFile is { Length: > 0 } @lock)
        {
            builder.RequireLock(Path.Combine(root, @lock));
        }

        builder.CountRuns(options.CountRuns);
    }
}
