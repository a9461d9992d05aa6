using Skep.Btf;
using Skep.Programs;

namespace Skep.Loading.Programs;

/// <summary>What <c>extern</c> declarations name, from the BTF data sections <c>.kconfig</c> and <c>.ksyms</c>.</summary>
internal sealed class ExternTable
{
    private readonly Dictionary<string, Extern> _externs = [];

    public ExternTable(BtfGraph? graph)
    {
        if (graph is not null)
        {
            Add(graph, ".kconfig", ExternKind.KernelConfiguration);
            Add(graph, ".ksyms", ExternKind.KernelVariable);
        }
    }

    public Extern? Find(string name) => _externs.TryGetValue(name, out Extern found) ? found : null;

    private void Add(BtfGraph graph, string section, ExternKind kindOfVariables)
    {
        if (graph.FindByName<BtfDataSection>(section) is not { } id)
        {
            return;
        }

        foreach (BtfSectionVariable entry in ((BtfDataSection)graph[id]).Variables)
        {
            BtfType type = graph[entry.Variable];
            bool isTyped = type is not BtfVariable variable || graph.ResolveType(variable.Type) is not BtfVoid;
            _externs.TryAdd(type.Name, new(type is BtfFunction ? ExternKind.NamedFunction : kindOfVariables, isTyped));
        }
    }
}

/// <param name="IsTyped">False for <c>extern const void name __ksym</c>, which has an address only.</param>
internal readonly record struct Extern(ExternKind Kind, bool IsTyped);
