using System.Collections.Immutable;
using Skep.Contracts;
using Skep.Programs;

namespace Skep.Testing;

/// <summary>
/// What holds for every <see cref="IHelperSet"/>. Each helper is called by programs that are made from its prototype, with random arguments on every engine, and has to give the same everywhere
/// and what its descriptor claims. For a helper whose arguments cannot be made from its prototype, <see cref="ProgramFor"/> gives the program.
/// </summary>
public abstract unsafe partial class HelperSetContract
{
    private const int Runs = 300;

    /// <summary>The set under test; a new one each time, since sets may keep state.</summary>
    protected abstract IHelperSet Create();

    /// <summary>Back ends on which programs call the helpers, beside the interpreter.</summary>
    protected virtual IEnumerable<IJitBackend> Backends => [];

    /// <summary>Maps for <see cref="HelperArgumentKind.ConstMap"/> arguments that want more than an array, or another type than is tested.</summary>
    protected virtual IEnumerable<HelperMap> Maps => [];

    /// <summary>Program types that helpers serve, beside the fake one, which goes by the name of any type that is not given here.</summary>
    protected virtual IEnumerable<IProgramType> ProgramTypes => [];

    /// <summary>Whether a helper gives the same for the same arguments and the same state of a new set: not so for random numbers and real clocks.</summary>
    protected virtual bool IsRepeatable(HelperDescriptor helper) => true;

    /// <summary>The text of a program that calls a helper, where none can be made from the prototype, or one that is more telling: its event is 64 random bytes at R1. Null for the one that is made.</summary>
    protected virtual string? ProgramFor(HelperDescriptor helper) => null;

    /// <summary>Writes what a helper is to get into a random event, where most random numbers would be refused before they matter.</summary>
    /// <param name="argument">The number for <see cref="HelperArgumentKind.Anything"/> arguments, little-endian, as it was drawn.</param>
    protected virtual void Shape(HelperDescriptor helper, int index, Span<byte> argument)
    {
    }

    /// <summary>Helpers that cannot be tested by a program at all, each with the reason; tests of their own are expected elsewhere.</summary>
    protected virtual IReadOnlyDictionary<string, string> NotCalled => ImmutableDictionary<string, string>.Empty;

    [Fact]
    public void The_descriptors_are_valid()
    {
        HelperSetDescriptor set = Create().Descriptor;
        Assert.False(string.IsNullOrWhiteSpace(set.Name));
        Assert.NotEmpty(set.Helpers);
        Assert.Equal(set.Helpers.Length, set.Helpers.Select(helper => helper.Name).Distinct().Count());
        Assert.Equal(set.Helpers.Length, set.Helpers.Select(helper => helper.CIdentifier).Distinct().Count());
        foreach (HelperDescriptor helper in set.Helpers)
        {
            Assert.Matches(@"^[A-Z].+\.$", helper.Description);
            Assert.True(helper.Arguments.Length <= 5, $"{helper.Name} has more than five arguments");
            Assert.Equal(helper.Arguments.Length, helper.Arguments.Select(argument => argument.Name).Distinct().Count());
            Assert.True(helper.Result.Range.Minimum <= helper.Result.Range.Maximum, $"{helper.Name}: the result's range is empty");
            Assert.True(helper.Arguments.Count(argument => argument.Releases) <= 1, $"{helper.Name} releases more than one argument");
            for (int i = 0; i < helper.Arguments.Length; i++)
            {
                Assert.True(FindProblem(helper, i) is not { } problem, $"{helper.Name}, argument {helper.Arguments[i].Name}: {FindProblem(helper, i)}");
            }

            Assert.True(!helper.Result.IsBoundedBySize || helper.Arguments.Any(IsSize), $"{helper.Name}: a result that is bounded by a size needs a size argument");
            if (helper.Result.ReleasedBy is { } release)
            {
                HelperDescriptor? by = set.Helpers.FirstOrDefault(other => other.Name == release);
                Assert.True(by is not null, $"{helper.Name} is released by {release}, which is not in the set");
                Assert.True(by.Arguments is [{ Releases: true }, ..] || by.Arguments.Any(argument => argument.Releases), $"{release} releases nothing");
            }
        }
    }

    [Fact]
    public void There_is_a_function_for_each()
    {
        IHelperSet set = Create();
        foreach (HelperDescriptor helper in set.Descriptor.Helpers)
        {
            Assert.NotNull(set.GetFunction(helper));
            Assert.Same(set.GetFunction(helper).Method, set.GetFunction(helper).Method);
        }
    }

    [Fact]
    public void Each_helper_can_be_called_by_a_program()
    {
        foreach (HelperDescriptor helper in Called())
        {
            using var tested = new HelperCase(this, helper, optimize: true);
            Assert.True(tested.Obstacle is null, $"{helper.Name} has no program: {tested.Obstacle}. Override Maps, ProgramFor or NotCalled.");
            foreach (string engine in tested.Runtime.Engines)
            {
                using LoadedProgram program = tested.Load(engine);
            }
        }

        Assert.All(NotCalled, pair => Assert.True(pair.Value.Length > 0 && Create().Descriptor.Helpers.Any(helper => helper.Name == pair.Key), $"{pair.Key} is no helper, or has no reason"));
    }

    [Fact]
    public void Every_engine_gives_the_same_as_the_interpreter_that_calls_and_never_inlines()
    {
        foreach (HelperDescriptor helper in Called().Where(IsRepeatable))
        {
            using var reference = new HelperCase(this, helper, optimize: false);
            List<HelperRun> expected = reference.RunMany("interpreter", Runs);
            foreach (string engine in Engines())
            {
                using var other = new HelperCase(this, helper, optimize: true);
                List<HelperRun> found = other.RunMany(engine, Runs);
                for (int run = 0; run < Runs; run++)
                {
                    Assert.True(found[run].Value == expected[run].Value, $"{helper.Name} on {engine}, run {run} of the same arguments: 0x{found[run].Value:x}, in the interpreter 0x{expected[run].Value:x}");
                    Assert.True(found[run].Left.AsSpan().SequenceEqual(expected[run].Left), $"{helper.Name} on {engine}, run {run}: it leaves other memory behind than in the interpreter");
                }
            }
        }
    }

    [Fact]
    public void Results_are_what_the_descriptor_claims()
    {
        foreach (HelperDescriptor helper in Called().Where(helper => helper.Result.Kind == HelperResultKind.Integer))
        {
            using var tested = new HelperCase(this, helper, optimize: false);
            foreach (HelperRun run in tested.RunMany("interpreter", Runs * 5))
            {
                tested.RequireClaim(run.Value, run.Given);
            }
        }
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        foreach (HelperDescriptor helper in Called())
        {
            using var tested = new HelperCase(this, helper, optimize: true);
            for (int i = 0; tested.IsMade && i < helper.Arguments.Length; i++)
            {
                if (helper.Arguments[i].Kind == HelperArgumentKind.Anything)
                {
                    continue;
                }

                Assert.False(tested.TryLoadWithout(i), $"{helper.Name}: a program that gives a number for {helper.Arguments[i].Name} ({helper.Arguments[i].Kind}) is accepted");
            }
        }
    }

    [Fact]
    public void What_is_acquired_and_kept_is_refused_and_what_is_given_back_can_be_had_again()
    {
        foreach (HelperDescriptor helper in Called().Where(helper => helper.Result.Acquires))
        {
            using var tested = new HelperCase(this, helper, optimize: true);
            if (!tested.IsMade)
            {
                continue;
            }

            Assert.False(tested.TryLoadLeaking(), $"{helper.Name}: a program that keeps what it acquired is accepted");
            foreach (string engine in tested.Runtime.Engines)
            {
                ulong first = tested.RunMany(engine, 1)[0].Value;
                ulong last = tested.RunMany(engine, 20_000, isSame: true)[^1].Value;
                Assert.True(first == 0 || last != 0, $"{helper.Name} on {engine}: after 20,000 times of acquiring and giving back there is nothing left");
            }
        }
    }

    /// <summary>The engines' names.</summary>
    private ImmutableArray<string> Engines()
    {
        using var runtime = new FakeRuntime(Backends);
        return runtime.Engines;
    }

    private IEnumerable<HelperDescriptor> Called()
        => Create().Descriptor.Helpers.Where(helper => !NotCalled.ContainsKey(helper.Name));

    private static bool IsSize(HelperArgument argument) => argument.Kind is HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero;


    private static string? FindProblem(HelperDescriptor helper, int index)
    {
        HelperArgument argument = helper.Arguments[index];
        bool hasSizeNext = index + 1 < helper.Arguments.Length && IsSize(helper.Arguments[index + 1]);
        bool hasMap = helper.Arguments.Take(index).Any(before => before.Kind == HelperArgumentKind.ConstMap);
        return argument.Kind switch
        {
            HelperArgumentKind.ReadableMemory or HelperArgumentKind.WritableMemory when argument.FixedSize == 0 && !hasSizeNext => "memory needs a fixed size, or the size as the next argument",
            HelperArgumentKind.Size or HelperArgumentKind.SizeOrZero when index == 0 => "a size has memory before it",
            HelperArgumentKind.MapKey or HelperArgumentKind.MapValue when !hasMap => "a key or value has a map before it",
            HelperArgumentKind.ConstMap when argument.Operations == MapOperations.None => "a map argument says which operations it needs",
            HelperArgumentKind.AcquiredMemory or HelperArgumentKind.Object when argument.ObjectType is null => "an object has a type",
            HelperArgumentKind.Iterator when argument.FixedSize <= 0 || argument.ObjectType is null => "an iterator has a size and a type",
            _ => null,
        };
    }
}
