using Skep.Findings;

namespace Skep.Verification;

/// <summary>Findings about paths: loops, limits, and what is held along them.</summary>
public static class PathRules
{
    public static readonly Rule EndlessLoop = new(
        "SKEP3401", "a loop that does not end", "Change the condition's variable in the loop, or bound it: `for (int i = 0; i < MAX; i++)`, bpf_loop, bpf_for.");

    public static readonly Rule TooManyVisited = new(
        "SKEP3402", "too complex: too many instructions on all paths together", "Split the program, move loops into bpf_loop or bpf_for, mark functions __noinline and global, or raise the limit.");

    public static readonly Rule TooManyBranches = new(
        "SKEP3403", "too complex: too many branches put off", "Split the program, or raise the limit.");

    public static readonly Rule TooManyStates = new(
        "SKEP3404", "too complex: too many states", "Split the program, or raise the limit.");

    public static readonly Rule TooMuchMemory = new(
        "SKEP3405", "too complex: verifying takes too much memory", "Split the program, or raise the limit.");

    public static readonly Rule TooMuchTime = new(
        "SKEP3406", "too complex: verifying takes too long", "Split the program, or raise the limit.");

    public static readonly Rule UnreleasedReference = new(
        "SKEP3407", "something held at the end", "Release it on every path.");

    public static readonly Rule NotHeld = new(
        "SKEP3408", "a release of what is not held", "Release exactly what was acquired, once, at its first byte.");

    public static readonly Rule LockHeld = new(
        "SKEP3409", "something that must not happen under a lock", "Give the lock back first: bpf_spin_unlock.");

    public static readonly Rule LockNotHeld = new(
        "SKEP3410", "a lock given back that is not held", "Give back the lock that was taken.");

    /// <summary>A warning: the loop policy lets it pass.</summary>
    public static readonly Rule FuelLoop = new(
        "SKEP3490", "a loop that is not proved to end; fuel bounds it", "Bound it, to run without counting.");

    /// <summary>A warning: the program type asks for no more.</summary>
    public static readonly Rule NotProved = new(
        "SKEP3491", "a program that is not proved; the checked interpreter runs it", "Mend the finding that follows, to run at full speed.");
}
