using Skep.Isa;
using Skep.Verification.Values;

namespace Skep.Core.Tests.Verification.Values;

/// <summary>
/// What compilers write and verifiers have stumbled over: each case is a short program on r1 (unknown at first, as are the others) and what
/// is known of r1 after it, where a conditional jump is one that is not taken, and is taken where <c>goto</c> stands before <c>if</c>.
/// </summary>
public sealed class ScalarCaseTests
{
    private const string Half = "smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))";

    public static TheoryData<string, string> Cases => new()
    {
        // Low half from the whole and back.
        { "if r1 > 7", "scalar(smin=smin32=0,smax=umax=smax32=umax32=7,var_off=(0x0; 0x7))" },
        { "w1 = w1; if w1 > 7", "scalar(smin=smin32=0,smax=umax=smax32=umax32=7,var_off=(0x0; 0x7))" },
        { "if w1 > 7", "scalar(smax=0x7fffffff00000007,umax=0xffffffff00000007,smin32=0,smax32=umax32=7,var_off=(0x0; 0xffffffff00000007))" },
        { "if r1 > 0x1000; if w1 < 0x1000", "4096" },
        { "r2 = 1; r2 <<= 32; r1 &= 15; r1 += r2; if w1 < 12", "scalar(smin=umin=0x10000000c,smax=umax=0x10000000f,smin32=umin32=12,smax32=umax32=15,var_off=(0x10000000c; 0x3))" },

        // Signs of the low half.
        { "w1 = w1; goto if w1 s> -1", "scalar(smin=smin32=0,smax=umax=umax32=0x7fffffff,var_off=(0x0; 0x7fffffff))" },
        { "w1 = w1; if w1 s> -1", "scalar(smin=umin=umin32=0x80000000,smax=umax=0xffffffff,smax32=-1,var_off=(0x80000000; 0x7fffffff))" },
        { "r1 = (s32)r1; if w1 s> 9; if w1 s< -9", "scalar(smin=smin32=-9,smax=smax32=9)" },
        { "if r1 s> 9; if r1 s< -9", "scalar(smin=smin32=-9,smax=smax32=9)" },
        { "r1 <<= 32; r1 s>>= 32", "scalar(smin=0xffffffff80000000,smax=0x7fffffff)" },
        { "r1 = (s32)r1", "scalar(smin=0xffffffff80000000,smax=0x7fffffff)" },
        { "if w1 s> 64; if w1 s< -64; r1 <<= 32; r1 s>>= 32", "scalar(smin=smin32=-64,smax=smax32=64)" },
        { "if w1 s> 64; if w1 s< -64; r1 <<= 32; r1 >>= 32; if w1 s< 0", "scalar(smin=smin32=0,smax=umax=smax32=umax32=64,var_off=(0x0; 0x7f))" },
        { "r1 = (s8)r1", "scalar(smin=smin32=-128,smax=smax32=127)" },
        { "w1 = (s8)w1", "scalar(smin=0,smax=umax=0xffffffff,smin32=-128,smax32=127,var_off=(0x0; 0xffffffff))" },
        { "r1 &= 255; r1 = (s8)r1; if r1 s< 0", "scalar(smin=smin32=0,smax=umax=smax32=umax32=127,var_off=(0x0; 0x7f))" },
        { "r1 &= 127; r1 = (s8)r1", "scalar(smin=smin32=0,smax=umax=smax32=umax32=127,var_off=(0x0; 0x7f))" },
        { "if r1 > 130; if r1 < 126; r1 = (s8)r1", "scalar(smin=smin32=-128,smax=smax32=127,umin=umin32=126,umax=0xffffffffffffff82,umax32=0xffffff82)" },

        // Bits.
        { "r1 &= 7; r1 <<= 3", "scalar(smin=smin32=0,smax=umax=smax32=umax32=56,var_off=(0x0; 0x38))" },
        { "r1 &= -8; if r1 > 20; if r1 < 1", "scalar(smin=umin=smin32=umin32=8,smax=umax=smax32=umax32=16,var_off=(0x0; 0x18))" },
        { "r1 &= 1; r1 |= 2; if r1 == 2", "3" },
        { "r1 &= 12; goto if r1 & 8", "scalar(smin=umin=smin32=umin32=8,smax=umax=smax32=umax32=12,var_off=(0x8; 0x4))" },
        { "goto if r1 & 8", "scalar(smin=0x8000000000000008,umin=umin32=8,smin32=0x80000008,var_off=(0x8; 0xfffffffffffffff7))" },
        { "r1 &= 12; if r1 & 4", "scalar(smin=smin32=0,smax=umax=smax32=umax32=8,var_off=(0x0; 0x8))" },
        { "r1 &= 9; goto if r1 & 12", "scalar(smin=umin=smin32=umin32=8,smax=umax=smax32=umax32=9,var_off=(0x8; 0x1))" },
        { "r1 &= 7; r1 ^= 7", "scalar(smin=smin32=0,smax=umax=smax32=umax32=7,var_off=(0x0; 0x7))" },
        { "r1 &= 15; r1 = be16 r1", "scalar(smin=smin32=0,smax=umax=smax32=umax32=3840,var_off=(0x0; 0xf00))" },

        // Sums that wrap, and do not.
        { "if r1 > 10; r1 += -5", "scalar(smin=smin32=-5,smax=smax32=5)" },
        { "if r1 > 10; r1 += -5; r1 += 5", "scalar(smin=smin32=0,smax=umax=smax32=umax32=10,var_off=(0x0; 0xf))" },
        { "if r1 > 20; if r1 < 10; r1 += -30", "scalar(smin=smin32=-20,smax=smax32=-10,umin=0xffffffffffffffec,umax=0xfffffffffffffff6,umin32=0xffffffec,umax32=0xfffffff6,var_off=(0xffffffffffffffe0; 0x1f))" },
        { "if r1 > 10; if r2 > 3; r1 -= r2", "scalar(smin=smin32=-3,smax=smax32=10)" },
        { "if w1 > 10; if w1 < 4; w1 -= 8; if w1 s< 0", "scalar(smin=smin32=0,smax=umax=smax32=umax32=2,var_off=(0x0; 0x3))" },
        { "if r1 > 10; r1 = -r1", "scalar(smin=smin32=-10,smax=smax32=0)" },

        // Products and quotients.
        { "if r1 > 10; r1 *= 24", "scalar(smin=smin32=0,smax=umax=smax32=umax32=240,var_off=(0x0; 0xf8))" },
        { "if r1 s> 10; if r1 s< -10; r1 *= -3", "scalar(smin=smin32=-30,smax=smax32=30)" },
        { "if r1 > 10; if r2 > 20; if r2 < 5; r1 *= r2", "scalar(smin=smin32=0,smax=umax=smax32=umax32=200,var_off=(0x0; 0xff))" },
        { "r1 /= 0x1000; r1 >>= 40", "scalar(smin=smin32=0,smax=umax=smax32=umax32=4095,var_off=(0x0; 0xfff))" },
        { "r1 %= 10", "scalar(smin=smin32=0,smax=umax=smax32=umax32=9,var_off=(0x0; 0xf))" },
        { "w1 %= 10", "scalar(smin=smin32=0,smax=umax=smax32=umax32=9,var_off=(0x0; 0xf))" },
        { "r1 s%= 10", "scalar(smin=smin32=-9,smax=smax32=9)" },
        { "r1 &= 255; r1 s/= -16", "scalar(smin=smin32=-15,smax=smax32=0)" },
        { "if r1 > 100; r1 /= r2", "scalar(smin=smin32=0,smax=umax=smax32=umax32=100,var_off=(0x0; 0x7f))" },

        // Shifts by what is not known.
        { "if r1 > 10; if r2 > 3; r1 <<= r2", "scalar(smin=smin32=0,smax=umax=smax32=umax32=80,var_off=(0x0; 0x7f))" },
        { "w1 >>= w2", "scalar(smin=0," + Half },
        { "r1 = 1; if r2 > 4; r1 <<= r2", "scalar(smin=umin=smin32=umin32=1,smax=umax=smax32=umax32=16,var_off=(0x0; 0x1f))" },

        // Comparing what is not known.
        { "if r2 > 16; if r1 >= r2", "scalar(smin=smin32=0,smax=umax=smax32=umax32=15,var_off=(0x0; 0xf))" },
        { "r2 &= 7; goto if r1 == r2", "scalar(smin=smin32=0,smax=umax=smax32=umax32=7,var_off=(0x0; 0x7))" },
        { "r2 &= 7; goto if w1 == w2", "scalar(smax=0x7fffffff00000007,umax=0xffffffff00000007,smin32=0,smax32=umax32=7,var_off=(0x0; 0xffffffff00000007))" },
        { "if r1 > 7; if r1 == 7; if r1 == 0", "scalar(smin=umin=smin32=umin32=1,smax=umax=smax32=umax32=6,var_off=(0x0; 0x7))" },
        { "if w1 == 0", "scalar(smin=0x8000000000000001,umin=umin32=1)" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Is_known(string program, string known) => Assert.Equal(known, Run(program)?.ToString());

    [Theory]
    [InlineData("r1 &= 7; goto if r1 > 7")]
    [InlineData("r1 &= 8; r1 |= 1; goto if r1 == 5")]
    [InlineData("r1 |= 8; if r1 & 8")]
    [InlineData("r1 &= 6; goto if r1 & 9")]
    [InlineData("r1 &= 7; r1 += 1; if r1 & -1")]
    [InlineData("if w1 > 4; goto if r1 == 5")]
    [InlineData("if r1 s> 5; if r1 s< 0; goto if w1 > 5")]
    [InlineData("r1 &= -8; if r1 > 15; if r1 < 9")]
    public void Is_never_reached(string program) => Assert.Null(Run(program));

    /// <summary>What is known of r1 in the end; null if it is never reached.</summary>
    private static Scalar? Run(string program)
    {
        var registers = new Scalar[10];
        Array.Fill(registers, Scalar.Unknown);
        foreach (string statement in program.Split("; "))
        {
            bool taken = statement.StartsWith("goto ", StringComparison.Ordinal);
            string text = taken ? statement["goto ".Length..] : statement;
            Instruction instruction =
                Assert.Single(VerifierFixture.Assemble(text.StartsWith("if", StringComparison.Ordinal) ? text + " goto pc+0" : text));
            Scalar operand = instruction.Row.UsesSourceRegister
                ? registers[instruction.Source]
                : Scalar.Constant((ulong)instruction.Immediate);
            if (instruction.Row.Condition == JumpCondition.None)
            {
                ScalarAlu.Apply(instruction.Row, ref registers[instruction.Destination], operand);
            }
            else if (!ScalarBranch.Refine(
                instruction.Row.Condition, instruction.Row.Is64Bit, taken, ref registers[instruction.Destination], ref operand))
            {
                return null;
            }
            else if (instruction.Row.UsesSourceRegister)
            {
                registers[instruction.Source] = operand;
            }
        }

        return registers[1];
    }
}
