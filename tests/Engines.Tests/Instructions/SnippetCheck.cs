using Skep.Contracts;
using Skep.Engines.Tests.Harness;
using Skep.Execution;
using Skep.Execution.Lowering;
using Skep.Isa;
using Skep.Programs;
using Skep.Runtime;
using Skep.Runtime.Linking;
using Skep.Testing;
using Skep.TestPrograms.Registries;
using Skep.TestPrograms.Worlds;
using Skep.Verification;
using LiveKernel = Skep.KernelOracle.Kernel;

namespace Skep.Engines.Tests.Instructions;

/// <summary>Runs snippets on the interpreter, on every engine and on the kernel, and holds all memory against what Semantics says.</summary>
internal sealed unsafe class SnippetCheck : IDisposable
{
    private static readonly VerificationPolicy Policy = new() { AllowPointerLeaks = true, AllowPointlessConstants = true };

    private readonly World _world = new([SnippetProgram.MapSpec]);
    private readonly KernelSnippets? _kernel = LiveKernel.IsAvailable(out _) ? new KernelSnippets() : null;
    private readonly byte[] _before = new byte[SnippetProgram.Size];
    private readonly byte[] _expected = new byte[SnippetProgram.Size];
    private readonly byte* _memory;

    public SnippetCheck() => _memory = (byte*)((IDirectValueMap)_world.Maps[SnippetProgram.Map].Map).Values.Address;

    private Span<byte> Memory => new(_memory, SnippetProgram.Size);

    /// <param name="values">What destination and source hold, for those snippets that do not say so.</param>
    /// <param name="asksKernel">All that the snippets do is allowed there, and tells no address.</param>
    public void Run(IEnumerable<Snippet> snippets, IReadOnlyList<(ulong Left, ulong Right)> values, bool asksKernel)
    {
        int ran = 0;
        foreach (Snippet[] chunk in snippets.Chunk(SnippetProgram.MostSnippets))
        {
            var program = new SnippetProgram(chunk);
            ran += chunk.Length;
            RunOnEngines(program, values);
            if (asksKernel && _kernel is not null)
            {
                Assert.True(_kernel.Load(program), $"{chunk[0].Tested}: {_kernel.Log[Math.Max(0, _kernel.Log.Length - 1000)..]}");
                RunOnKernel(program, values);
            }
        }

        Assert.NotEqual(0, ran);
    }

    public void Dispose()
    {
        _kernel?.Dispose();
        _world.Dispose();
    }

    private static string Place(int at) => $"byte {at} ({(at >= SnippetProgram.Outputs && at < SnippetProgram.Outputs + (SnippetProgram.MostSnippets * SnippetProgram.Stride)
        ? $"snippet {(at - SnippetProgram.Outputs) / SnippetProgram.Stride}, register {(at - SnippetProgram.Outputs) % SnippetProgram.Stride / 8}" : "memory")})";

    private void RunOnEngines(SnippetProgram program, IReadOnlyList<(ulong Left, ulong Right)> values)
    {
        LinkedProgram linked = new Linker(TestRegistry.Instance, Limits.Default).Link(program.Spec, TestProgramTypes.Find("xdp"), _world.Maps).GetOrThrow();
        VerifiedProgram verified = Verifier.Verify(linked, Limits.Default, Policy).GetOrThrow();
        LoweredProgram lowered = Lowerer.Lower(verified, TestRegistry.Instance);
        Assert.True(lowered.IsProved);
        using var ready = new ReadyProgram(lowered, Limits.Default);
        foreach ((string name, ProgramEngine engine) in Harness.Engines.All.Select(engine => (engine.Name, ready.Compiled(engine))).Prepend(("interpreter", ready.Interpreter(Limits.Default))))
        {
            foreach ((ulong left, ulong right) in values)
            {
                Prepare(program, left, right);
                SnippetProgram.Fill(Memory, left, right);
                Outcome outcome = ready.Run(engine, default);
                Assert.Equal(new Outcome(1, Trap.None, Limits.Default.MaxFuel, 0), outcome);
                Require(program, name, Memory, left, right);
            }
        }
    }

    private void RunOnKernel(SnippetProgram program, IReadOnlyList<(ulong Left, ulong Right)> values)
    {
        foreach ((ulong left, ulong right) in values)
        {
            Prepare(program, left, right);
            Require(program, "the kernel", _kernel!.Run(_before), left, right);
        }
    }

    private void Prepare(SnippetProgram program, ulong left, ulong right)
    {
        SnippetProgram.Fill(_before, left, right);
        _before.CopyTo(_expected, 0);
        program.Expect(_expected, _memory);
    }

    private void Require(SnippetProgram program, string engine, ReadOnlySpan<byte> found, ulong left, ulong right)
    {
        int at = found.CommonPrefixLength(_expected) & ~7;
        if (at < found.Length)
        {
            Instruction? tested = program.InstructionAt(at);
            Assert.Fail($"{engine}: {tested} (0x{left:x}, 0x{right:x}): {Place(at)} is 0x{BitConverter.ToUInt64(found[at..]):x}, not 0x{BitConverter.ToUInt64(_expected, at):x}");
        }
    }
}
