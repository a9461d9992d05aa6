using Skep.Contracts;
using Skep.Core.Tests.Execution;
using Skep.Jit.Cil.Code;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Jit.Cil.Tests;

/// <summary>Loops whose bodies are repeated run as often as before, pay the same fuel, and end at the same place.</summary>
public sealed class UnrollingTests
{
    public static TheoryData<string> Loops => new(
        "r2 = *(u64 *)(r1 +0)\nr0 = 0\nround: r0 += r2\nr2 -= 1\nif r2 != 0 goto round\nexit",
        // With a way out in the middle, and a jump back that is always taken.
        "r2 = *(u64 *)(r1 +0)\nr0 = 0\nround: if r2 == 0 goto out\nr0 += r2\nr2 -= 1\ngoto round\nout: exit",
        // With a branch inside, and one that goes on with the next round.
        "r2 = *(u64 *)(r1 +0)\nr0 = 0\nround: r2 -= 1\nr3 = r2\nr3 &= 1\nif r3 == 0 goto pc+1\nr0 += 5\nif r2 == 7 goto round\nr0 += r2\nif r2 s> 0 goto round\nexit",
        // Entered in the middle.
        "r2 = *(u64 *)(r1 +0)\nr0 = 0\ngoto middle\nround: r0 += r2\nmiddle: r2 -= 1\nif r2 != 0 goto round\nr0 += 1\nexit",
        // One in the other, and one after the other.
        "r2 = *(u64 *)(r1 +0)\nr0 = 0\nouter: r3 = r2\ninner: r0 += r3\nr3 -= 1\nif r3 != 0 goto inner\nr2 -= 1\nif r2 != 0 goto outer\nr2 = 3\nagain: r0 ^= r2\nr2 -= 1\nif r2 != 0 goto again\nexit",
        // With a function in it that has a stack.
        "r6 = *(u64 *)(r1 +0)\nr7 = 0\nround: r1 = r6\ncall other\nr7 += r0\nr6 -= 1\nif r6 != 0 goto round\nr0 = r7\nexit\nother:\nr2 = *(u64 *)(r10 -8)\n*(u64 *)(r10 -8) = r1\nr0 = *(u32 *)(r10 -8)\nr0 += r2\nexit");

    [Theory]
    [MemberData(nameof(Loops))]
    public void Rounds_are_what_they_were(string text)
    {
        for (ulong rounds = 1; rounds < 12; rounds++)
        {
            CilRun.Compare(TestProgram.From(text), rounds);
        }
    }

    [Fact]
    public void Each_round_pays()
    {
        for (ulong fuel = 0; fuel < 12; fuel++)
        {
            CilRun.Compare(
                TestProgram.From("r2 = *(u64 *)(r1 +0)\nr0 = 0\nround: r0 += r2\nr2 -= 1\nif r2 != 0 goto round\nexit") with
                {
                    FuelSlots = [2],
                    Limits = new Limits { MaxFuel = fuel },
                },
                10);
        }
    }

    [Fact]
    public void Short_bodies_are_repeated_and_long_ones_are_not()
    {
        static int Steps(int body)
        {
            string text = $"r2 = 9\nround: {string.Concat(Enumerable.Repeat("r0 = r2\n", body))}r2 -= 1\nif r2 != 0 goto round\nexit";
            LoweredProgram program = TestProgram.From(text).Proved().Lower();
            MethodCode code = Flattener.Flatten(program, new CallPlan(program), program.Functions[0]);
            int before = code.Steps.Count;
            Unrolling.Run(code);
            return code.Steps.Count - before;
        }

        Assert.Equal(3 * 4, Steps(1));
        Assert.Equal(0, Steps(30));
    }

    [Fact]
    public void The_trap_is_at_the_slot()
    {
        using LoadedProgram program = (TestProgram.From("r2 = 0\nround: r2 += 1\nr0 = r2\nif r2 != 0 goto round\nexit") with
        {
            FuelSlots = [1],
            Limits = new Limits { MaxFuel = 6 },
        }).LoadCil();
        Assert.Equal(new Trap(TrapKind.FuelExhausted, new SlotIndex(1), 0), program.Run(default).Trap);
    }
}
