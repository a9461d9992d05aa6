using Skep.Contracts;

namespace Skep.Maps;

/// <summary>Values by the longest prefix of a key.</summary>
public sealed class TrieMapsPlugin : IPlugin
{
    public PluginInfo Info => PluginInfo.FromAssembly(typeof(TrieMapsPlugin), "Map type lpm_trie: values by the longest matching prefix.");

    public void Register(IPluginRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddMapType<PrefixTrieType>();
    }
}
