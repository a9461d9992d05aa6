using Skep.Findings;
using Skep.Runtime;

namespace Skep.Cli.Hosts;

/// <summary>The word after <c>--jit</c>.</summary>
internal static class BackendChoice
{
    public const string Interpreter = "interpreter";

    /// <summary>Null when the name is one that this runtime can take.</summary>
    public static Finding? FindObstacle(Registry registry, string? name)
    {
        if (name is null or Interpreter or "auto" || registry.FindJitBackend(name) is not null)
        {
            return null;
        }

        string known = string.Join(", ", registry.JitBackends.Select(backend => backend.Provider.Descriptor.Name).Prepend(Interpreter));
        return CliRules.UnknownBackend.Error(Place.Nowhere, $"no plugin offers JIT back end {name}; there is {known}");
    }
}
