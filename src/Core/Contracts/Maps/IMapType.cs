using Skep.Findings;
using Skep.Programs;

namespace Skep.Contracts;

/// <summary>A kind of large storage.</summary>
public interface IMapType
{
    MapTypeDescriptor Descriptor { get; }

    /// <summary>Makes a map. The loader has checked sizes, counts and flags of <paramref name="spec"/> against the descriptor and the limits already.</summary>
    /// <returns>The map, owned by the caller, or findings (rules between members, memory that is not to be had).</returns>
    Result<IMap> Create(MapSpec spec);
}
