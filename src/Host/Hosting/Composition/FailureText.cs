using System.Reflection;
using Skep.Findings;

namespace Skep.Hosting.Composition;

/// <summary>Turns what a plugin threw into a finding; the exception itself is dropped, because it would keep the plugin's load context.</summary>
internal static class FailureText
{
    /// <param name="what">What the plugin was asked to do, as a noun: <c>Register</c>.</param>
    /// <param name="rule">For failures that are the plugin's own, not those of its surroundings.</param>
    public static Finding ToFinding(Exception failure, Rule rule, Place place, string what)
    {
        if (FindMissingAssembly(failure) is { } missing)
        {
            return PluginRules.MissingDependency.Error(place, $"{missing} is missing; {what} needs it");
        }

        return failure switch
        {
            UnmetNeedException => PluginRules.UnmetNeed.Error(place, failure.Message),
            ProviderException { InnerException: { } cause } provider
                => PluginRules.ProviderThrew.Error(place, $"the constructor of {provider.Provider} failed with {Describe(cause)}"),
            BadImageFormatException => PluginRules.Broken.Error(place, $"the runtime refuses the assembly: {failure.Message}"),
            _ => rule.Error(place, $"{what} failed with {Describe(failure)}"),
        };
    }

    private static string Describe(Exception failure)
    {
        Exception cause = failure;
        while (cause is TargetInvocationException or TypeInitializationException && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        string text;
        try
        {
            text = cause.Message;
        }
#pragma warning disable CA1031 // Message can be overridden by the plugin's own exception.
        catch (Exception)
#pragma warning restore CA1031
        {
            text = "(no message)";
        }

        return $"{cause.GetType().Name}: {text}";
    }

    /// <summary>The name of the assembly that could not be found, when that is what is behind a failure.</summary>
    private static string? FindMissingAssembly(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                // Files that the plugin looked for itself have a path here, assemblies a display name.
                case FileNotFoundException { FileName: { } name } when name.Contains(", Version=", StringComparison.Ordinal):
                    return name;
                case FileLoadException { FileName: { } name } when name.Contains(", Version=", StringComparison.Ordinal):
                    return $"a fitting version of {name}";
                case ReflectionTypeLoadException types:
                    return types.LoaderExceptions.OfType<Exception>().Select(FindMissingAssembly).FirstOrDefault(name => name is not null);
            }
        }

        return null;
    }
}
