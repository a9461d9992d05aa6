using System.Runtime.CompilerServices;
using Skep.Isa;

namespace Skep.Core.Tests.Isa;

public sealed class OpcodeTableTests
{
    public static TheoryData<Operation> Operations => IsaSamples.Operations;

    [Fact]
    public void Every_operation_has_its_row_at_its_index()
    {
        Assert.Equal(Enum.GetValues<Operation>(), OpcodeTable.Rows.Select(row => row.Operation));
        Assert.Equal(Enumerable.Range(0, OpcodeTable.Rows.Length), OpcodeTable.Rows.Select(row => (int)row.Operation));
    }

    [Fact]
    public void No_encoding_means_two_operations()
    {
        foreach (OpcodeRow left in IsaSamples.RealRows)
        {
            foreach (OpcodeRow right in OpcodeTable.WithOpcode(left.Opcode).Where(right => right != left))
            {
                Assert.True(
                    Enum.GetValues<InstructionField>().Any(field =>
                        left.Rule(field).Use == FieldUse.Fixed && !right.Rule(field).Allows(left.Rule(field).Value)),
                    $"{left.Operation} and {right.Operation} overlap");
            }
        }
    }

    [Fact]
    public void No_two_operations_have_the_same_text() =>
        Assert.Distinct(IsaSamples.RealRows.Where(row => row.Operation != Operation.CallNamed).Select(row => row.Syntax));

    [Fact]
    public void An_instruction_is_sixteen_bytes_and_a_slot_eight()
    {
        Assert.Equal(16, Unsafe.SizeOf<Instruction>());
        Assert.Equal(RawInstruction.Size, Unsafe.SizeOf<RawInstruction>());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Width_of_an_access_is_the_one_in_the_opcode(Operation operation)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        int[] sizes = [4, 2, 1, 8];
        bool isMemoryClass = (row.Opcode & 7) is 1 or 2 or 3;
        Assert.Equal(isMemoryClass ? sizes[row.Opcode >> 3 & 3] : 0, row.AccessSize);
    }

    [Theory]
    [InlineData("r1 = 5", "", "r1")]
    [InlineData("r1 = r2", "r2", "r1")]
    [InlineData("r1 += r2", "r1 r2", "r1")]
    [InlineData("w3 = -w3", "r3", "r3")]
    [InlineData("w3 = (s8)w4", "r4", "r3")]
    [InlineData("r1 = map[id:3]", "", "r1")]
    [InlineData("r1 = *(u8 *)(r2 +0)", "r2", "r1")]
    [InlineData("*(u8 *)(r2 +0) = 1", "r2", "")]
    [InlineData("*(u8 *)(r2 +0) = r3", "r2 r3", "")]
    [InlineData("lock *(u32 *)(r2 +0) += r3", "r2 r3", "")]
    [InlineData("r3 = atomic_fetch_add((u32 *)(r2 +0), r3)", "r2 r3", "r3")]
    [InlineData("r0 = atomic_cmpxchg((u32 *)(r2 +0), r0, r3)", "r0 r2 r3", "r0")]
    [InlineData("r1 = load_acquire((u32 *)(r2 +0))", "r2", "r1")]
    [InlineData("store_release((u32 *)(r2 +0), r1)", "r1 r2", "")]
    [InlineData("r0 = *(u8 *)skb[7]", "r6", "r0 r1 r2 r3 r4 r5")]
    [InlineData("r0 = *(u8 *)skb[r7 + 7]", "r6 r7", "r0 r1 r2 r3 r4 r5")]
    [InlineData("goto pc+0", "", "")]
    [InlineData("may_goto pc+0", "", "")]
    [InlineData("if r1 == 0x0 goto pc+0", "r1", "")]
    [InlineData("if w1 == w2 goto pc+0", "r1 r2", "")]
    [InlineData("call unknown#1", "r1 r2 r3 r4 r5", "r0 r1 r2 r3 r4 r5")]
    [InlineData("callx r7", "r1 r2 r3 r4 r5 r7", "r0 r1 r2 r3 r4 r5")]
    [InlineData("exit", "r0", "")]
    public void Registers_read_and_written(string text, string reads, string writes)
    {
        Instruction instruction = Assembler.Assemble(text).Instructions[0];
        Assert.Equal(reads, instruction.Reads.ToString());
        Assert.Equal(writes, instruction.Writes.ToString());
    }

    [Theory]
    [InlineData(Operation.Jump, true, false, true)]
    [InlineData(Operation.JumpLong, true, false, true)]
    [InlineData(Operation.MayGoto, true, true, false)]
    [InlineData(Operation.JumpEqual32Register, true, true, false)]
    [InlineData(Operation.CallLocal, false, false, false)]
    [InlineData(Operation.Exit, false, false, true)]
    public void Flow(Operation operation, bool isBranch, bool isConditional, bool endsFlow)
    {
        OpcodeRow row = OpcodeTable.Row(operation);
        Assert.Equal((isBranch, isConditional, endsFlow), (row.IsBranch, row.IsConditional, row.EndsFlow));
    }
}
