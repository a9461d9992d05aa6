using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Skep.Contracts;
using Skep.Execution.Interpreter;
using Skep.Execution.Lowering;
using Skep.Findings;
using Skep.Isa;
using Skep.Loading;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.TestPrograms.Objects;
using Skep.TestPrograms.Registries;
using Skep.TestPrograms.Worlds;

namespace Skep.Verification.Tests.Fuzzing;

/// <summary>
/// Real programs with bits turned over and pieces of others in them: reading, linking and verifying ends with findings or with a program, in time and within
/// the limits, and what is accepted runs without a trap where everything is checked.
/// </summary>
internal sealed class ObjectFuzzer(ulong seed, ImmutableArray<string> objects) : IDisposable
{
    private const int MostProblems = 5;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(3);

    private static readonly Limits Limits = Limits.Default with
    {
        MaxVisitedInstructions = 20_000,
        MaxVerifierBytes = 64 << 20,
        MaxVerificationTime = TimeSpan.FromSeconds(1),
        MaxFuel = 200_000,
    };

    private readonly List<Source> _sources = [];
    private readonly List<string> _problems = [];
    private readonly Dictionary<TrapKind, int> _ends = [];
    private int _accepted;
    private int _images;
    private double _longest;

    public long Programs { get; private set; }

    public IReadOnlyList<string> Problems => _problems;

    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Programs} programs ({_images} whole objects) of {_sources.Count} objects: {_accepted} accepted and run ({string.Join(", ", _ends.OrderBy(entry => entry.Key).Select(entry => $"{entry.Key} {entry.Value}"))}), {_longest:F2} s at most, problems {_problems.Count}");

    public void Dispose() => _sources.ForEach(source => source.World.Dispose());

    public void Run(Func<long, bool> goesOn)
    {
        foreach (string path in objects)
        {
            byte[] image = File.ReadAllBytes(path);
            ObjectSpec spec = ObjectFile.Read(image, Path.GetFileName(path)).GetOrThrow();
            if (TestMaps.Have(spec.Maps) && spec.Programs.Length > 0)
            {
                _sources.Add(new Source(image, spec, new World(spec.Maps)));
            }
        }

        while (goesOn(Programs) && _problems.Count < MostProblems)
        {
            var random = new SeededRandom(seed + (ulong)Programs);
            Source source = _sources[random.Below(_sources.Count)];
            Programs++;
            long start = Stopwatch.GetTimestamp();
            ProgramSpec? tried = null;
            string? problem = null;
            try
            {
                problem = random.OneIn(8) ? TryImage(source, ref random) : TryProgram(source, ref random, out tried);
            }
#pragma warning disable CA1031 // Whatever is thrown is what is looked for.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                problem = exception.ToString();
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            _longest = Math.Max(_longest, seconds);
            problem ??= seconds > MostTime.TotalSeconds ? $"it took {seconds:F1} seconds" : null;
            if (problem is not null)
            {
                _problems.Add($"seed {seed + (ulong)Programs - 1}, {source.Spec.Name}: {problem}\n{Text(tried)}");
            }
        }
    }

    private static string Text(ProgramSpec? program)
    {
        if (program is null)
        {
            return "";
        }

        using var text = new StringWriter();
        InstructionPrinter.Print(text, InstructionDecoder.Decode(program.Instructions.AsSpan()).AsSpan());
        return $"{program.Name}\n{text}";
    }

    /// <summary>Bits of the file itself.</summary>
    private string? TryImage(Source source, ref SeededRandom random)
    {
        _images++;
        byte[] image = [.. source.Image];
        for (int i = random.Between(1, 8); i > 0; i--)
        {
            image[random.Below(image.Length)] ^= (byte)(1 << random.Below(8));
        }

        Result<ObjectSpec> result = ObjectFile.Read(image, source.Spec.Name);
        if (!result.IsSuccess)
        {
            return null;
        }

        foreach (ProgramSpec program in result.Value.Programs.Take(2))
        {
            // Maps as they were: the runtime makes none that are not right.
            Verify(program, source, out _);
        }

        return null;
    }

    private string? TryProgram(Source source, ref SeededRandom random, out ProgramSpec program)
    {
        program = source.Spec.Programs[random.Below(source.Spec.Programs.Length)];
        RawInstruction[] code = [.. program.Instructions];
        for (int i = random.Below(5); i >= 0; i--)
        {
            ref RawInstruction slot = ref code[random.Below(code.Length)];
            slot = random.Below(4) switch
            {
                0 => new RawInstruction(slot.Bits ^ 1UL << random.Below(64)),
                1 => code[random.Below(code.Length)],
                2 => new RawInstruction(slot.Bits & uint.MaxValue | (ulong)(uint)random.Number() << 32),
                _ => Foreign(ref random),
            };
        }

        if (random.OneIn(4))
        {
            Splice(ref random, code);
        }

        program = program with { Instructions = [.. code] };
        if (Verify(program, source, out VerificationStatistics statistics) is not { } verified)
        {
            return statistics.PeakBytes > Limits.MaxVerifierBytes * 2 ? $"{statistics.PeakBytes} bytes were used" : null;
        }

        _accepted++;
        return RunChecked(verified, source, random.Next());
    }

    private RawInstruction Foreign(ref SeededRandom random)
    {
        ImmutableArray<RawInstruction> other = AnyProgram(ref random).Instructions;
        return other[random.Below(other.Length)];
    }

    private ProgramSpec AnyProgram(ref SeededRandom random)
    {
        ImmutableArray<ProgramSpec> programs = _sources[random.Below(_sources.Count)].Spec.Programs;
        return programs[random.Below(programs.Length)];
    }

    private void Splice(ref SeededRandom random, RawInstruction[] code)
    {
        ImmutableArray<RawInstruction> other = AnyProgram(ref random).Instructions;
        int length = 1 + random.Below(Math.Min(Math.Min(other.Length, code.Length), 12));
        other.AsSpan(random.Below(other.Length - length + 1), length).CopyTo(code.AsSpan(random.Below(code.Length - length + 1)));
    }

    private static VerifiedProgram? Verify(ProgramSpec program, Source source, out VerificationStatistics statistics)
    {
        statistics = VerificationStatistics.None;
        string type = ProgramVerdicts.TypeOf(program.Section).Type;
        if (!TestProgramTypes.Names.Contains(type))
        {
            return null;
        }

        Result<LinkedProgram> linked = new Linker(TestRegistry.Instance, Limits).Link(program, HostTypes.Find(type), source.World.Maps);
        if (!linked.IsSuccess)
        {
            return null;
        }

        var diagnostics = new VerifierDiagnostics();
        Result<VerifiedProgram> result = Verifier.Verify(linked.Value, Limits, VerificationPolicy.Default, diagnostics);
        statistics = diagnostics.Statistics;
        return result.IsSuccess ? result.Value : null;
    }

    private unsafe string? RunChecked(VerifiedProgram verified, Source source, ulong input)
    {
        LoweredProgram lowered = Lowerer.Lower(verified, TestRegistry.Instance);
        World world = source.World;
        world.Take(lowered);
        world.Reset(input);
        using var program = new LoadedProgram(new ProgramId(1), lowered, InterpreterEngine.CreateChecked(lowered, Limits), "", [], _ => { });
        RunResult result = program.Run(new ProgramEntry(
            (ulong)world.Context, 0, new MemoryRegion((nint)world.Context, (nuint)world.ContextSize, MemoryAccess.ReadWrite), world.PacketRegion));
        _ends[result.Trap.Kind] = _ends.GetValueOrDefault(result.Trap.Kind) + 1;

        // Loops of the runtime may take more fuel than there is. Timers and maps in maps cannot be told while running, and what a callback is given is looked
        // at before it is known whether the helper calls at all.
        bool isKnown = result.Trap.Kind == TrapKind.FuelExhausted
            || (result.Trap.Kind == TrapKind.HelperArgument && (lowered.Maps.Any(map => map.Map.Spec.Inner is not null) || lowered.Helpers.Any(helper => helper.Descriptor.Arguments.Any(IsSeenByTheVerifierOnly))));
        return result.Trap.Kind == TrapKind.None || isKnown ? null : $"it trapped: {result.Trap}";
    }

    private static bool IsSeenByTheVerifierOnly(HelperArgument argument)
        => argument.Kind is HelperArgumentKind.Timer or HelperArgumentKind.DynamicPointer or HelperArgumentKind.StackOrNull;

    private sealed record Source(byte[] Image, ObjectSpec Spec, World World);
}
