using System.Runtime.CompilerServices;

namespace Skep.Hosting.Tests.Life;

/// <summary>Keeps a thing off the frames of tests: what lies there lives until the test ends, and with it the plugin that it is of.</summary>
internal sealed class Held<T> : IDisposable
    where T : class, IDisposable
{
    private T? _thing;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Held(Func<T> make) => _thing = make();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public TResult Use<TResult>(Func<T, TResult> use) => use(_thing!);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Dispose()
    {
        _thing?.Dispose();
        _thing = null;
    }
}
