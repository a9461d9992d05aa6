namespace Skep.Contracts;

/// <summary>A helper set that can say some of its helpers in instructions, so that no engine has to call them.</summary>
public interface IInliningHelperSet : IHelperSet
{
    /// <summary>What stands in the place of a call; null for the call itself. Thread-safe.</summary>
    /// <param name="helper">One of this set.</param>
    /// <param name="map">The map in the call's <see cref="HelperArgumentKind.ConstMap"/> argument; null when the helper takes none.</param>
    InlinedCode? Inline(HelperDescriptor helper, IMap? map);
}
