namespace Skep.Execution.Engines;

/// <summary>What was made for a hot program. Until this is disposed, the plugin that made it does not go.</summary>
/// <param name="engine">Null where nothing could be made.</param>
/// <param name="stay">Disposed with this.</param>
internal readonly struct HotCode(ProgramEngine? engine, IDisposable? stay) : IDisposable
{
    public ProgramEngine? Engine { get; } = engine;

    public void Dispose() => stay?.Dispose();
}
