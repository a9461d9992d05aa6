using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Skep.Hosting;

/// <summary>
/// Proof that a plugin's load context is gone: a weak reference to it, and the collections that make the runtime let go. The context goes
/// only when nothing refers to it: no provider, no object of the plugin's types, no thread in its code.
/// </summary>
public sealed class UnloadProbe
{
    private readonly WeakReference _context;

    private UnloadProbe(WeakReference context, string name)
    {
        _context = context;
        Name = name;
    }

    /// <summary>The context's name: the plugin's assembly.</summary>
    public string Name { get; }

    /// <summary>Whether the context was still there at the last collection.</summary>
    public bool IsAlive => _context.IsAlive;

    /// <summary>Collects until the context is gone, at most for <paramref name="timeout"/>. Costs full collections: for tests, tools and after an unload that is worth it.</summary>
    /// <returns>Whether it is gone.</returns>
    public bool WaitUntilGone(TimeSpan timeout)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (_context.IsAlive)
        {
            if (TimeProvider.System.GetElapsedTime(start) > timeout)
            {
                return false;
            }

#pragma warning disable RS0030 // This is the one place that may: only a collection shows that nothing refers to the context.
            GC.Collect();
#pragma warning restore RS0030
            GC.WaitForPendingFinalizers();
        }

        return true;
    }

    public override string ToString() => $"{Name}: {(IsAlive ? "alive" : "gone")}";

    [MethodImpl(MethodImplOptions.NoInlining)] // Otherwise the caller's frame may keep the context.
    internal static UnloadProbe Of(Assembly assembly)
        => new(new WeakReference(AssemblyLoadContext.GetLoadContext(assembly), trackResurrection: true), assembly.GetName().Name ?? "");
}
