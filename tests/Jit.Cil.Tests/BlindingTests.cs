using System.Reflection;
using System.Reflection.Emit;
using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Jit.Cil.Analysis;
using Skep.Jit.Cil.Code;
using Skep.Jit.Cil.Emission;
using Skep.Programs;

namespace Skep.Jit.Cil.Tests;

/// <summary>What a program chose does not stand in its CIL when the host wants that, and the .NET JIT cannot compute it either.</summary>
public sealed class BlindingTests
{
    private const ulong Key = 0x1122_3344_5566_7788;

    private const string Text = """
        r0 = 0x1badb002deadbeef
        r2 = 305419896
        *(u64 *)(r1 +0) = 305419896
        *(u32 *)(r1 +8) = 305419896
        r0 += 305419896
        w0 ^= 305419896
        if r0 == 305419896 goto pc+0
        exit
        """;

    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, 0)]
    public void Constants_are_under_a_key(bool blinds, int expected)
    {
        byte[] code = Compile(TestProgram.From(Text), blinds ? Key : null);
        Assert.Equal(expected, Occurrences(code, BitConverter.GetBytes(305419896)));
        Assert.Equal(blinds ? 0 : 1, Occurrences(code, BitConverter.GetBytes(0x1bad_b002_dead_beef)));
    }

    [Fact]
    public void The_program_is_the_same() => CilRun.Compare(TestProgram.From(Text), 0, 0);

    [Fact]
    public void Every_program_has_a_key_of_its_own()
    {
        LoweredProgram program = TestProgram.From(Text).Proved().Lower();
        var options = new JitOptions { BlindConstants = true };
        ulong[] keys = [.. Enumerable.Range(0, 4).Select(_ => ((ProgramObjects)((ManagedEntry)new CilBackend().Compile(program, options)).Main.Target!).Key)];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.DoesNotContain(0UL, keys);
    }

    private static byte[] Compile(TestProgram text, ulong? key)
    {
        LoweredProgram program = text.Proved().Lower();
        MethodCode code = Flattener.Flatten(program, new CallPlan(program), program.Functions[0]);
        var method = new DynamicMethod("test", typeof(ulong), [typeof(ProgramObjects), typeof(nint), typeof(ulong)], typeof(CilBackend).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        new MethodEmitter(il, code, MethodAnalysis.Of(code, new Operands(code, _ => 0)), new NoMethods(), key).Emit(parameters: 0b10);
        FieldInfo stream = il.GetType().BaseType!.GetField("m_ILStream", BindingFlags.Instance | BindingFlags.NonPublic) ?? il.GetType().GetField("m_ILStream", BindingFlags.Instance | BindingFlags.NonPublic)!;
        return ((byte[])stream.GetValue(il)!)[..il.ILOffset];
    }

    private static int Occurrences(byte[] code, byte[] constant)
    {
        int count = 0;
        for (int at = 0; at + constant.Length <= code.Length; at++)
        {
            count += code.AsSpan(at, constant.Length).SequenceEqual(constant) ? 1 : 0;
        }

        return count;
    }

    private sealed class NoMethods : IMethodTable
    {
        public CompiledMethod Of(int function) => throw new InvalidOperationException("nothing is called");
    }
}
