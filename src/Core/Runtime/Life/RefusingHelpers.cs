using Skep.Contracts;

namespace Skep.Runtime.Life;

/// <summary>Stands in for the helpers of a plugin that had to leave: each call fails, is counted on the program, and gives it the helper's error value.</summary>
internal static class RefusingHelpers
{
    /// <param name="helpers">All of one set or more: what releases a helper's result is among them.</param>
    public static IReadOnlyList<HelperBinding> For(IReadOnlyList<HelperBinding> helpers)
    {
        var owners = new Dictionary<PluginRecord, PluginRecord>();
        var stubs = new Dictionary<HelperBinding, HelperBinding>();
        foreach (HelperBinding helper in helpers)
        {
            if (!owners.TryGetValue(helper.Owner, out PluginRecord? owner))
            {
                owners.Add(helper.Owner, owner = new PluginRecord(helper.Owner.Info) { State = PluginState.Unloaded });
            }

            stubs.Add(helper, new HelperBinding(helper.Descriptor, helper.Set, owner, Refuse(helper)));
        }

        foreach ((HelperBinding helper, HelperBinding stub) in stubs)
        {
            stub.ReleasedBy = helper.ReleasedBy is { } release ? stubs[release] : null;
        }

        return [.. stubs.Values];
    }

    private static unsafe HelperFunction Refuse(HelperBinding helper)
    {
        // Words only: the stub outlives the plugin.
        string message = $"helper {helper.Descriptor.Name} left with its plugin {helper.Owner}";
        return (_, _, _, _, _, _) => throw new InvalidOperationException(message);
    }
}
