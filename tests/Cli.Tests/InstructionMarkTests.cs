using Skep.Cli.Output;
using Skep.Findings;

namespace Skep.Cli.Tests;

/// <summary>What of an instruction a finding points at.</summary>
public class InstructionMarkTests
{
    [Theory]
    [InlineData("  12: (71) r0 = *(u8 *)(r2 +13)", "r2", "*(u8 *)(r2 +13)")]
    [InlineData("   1: (7b) *(u64 *)(r2 +0) = r10", "r10", "r10")]
    [InlineData("   1: (7b) *(u64 *)(r2 +0) = r1", "r2", "*(u64 *)(r2 +0)")]
    [InlineData("   4: (bc) w3 = w1", "r1", "w1")]
    [InlineData("   6: (85) call bpf_map_lookup_elem#1", "r2", "call bpf_map_lookup_elem#1")]
    [InlineData("   9: (95) exit", "", "exit")]
    public void It_is_the_access_the_register_or_all_of_it(string line, string register, string marked)
    {
        (int start, int length) = InstructionMark.Find(line, register.Length == 0 ? [] : [new RegisterNote(register, "")]);

        Assert.Equal(marked, line.Substring(start, length));
    }

    [Fact]
    public void An_object_cannot_steer_the_terminal()
    {
        var rule = new Rule("SKEP3999", "a title", "");
        using var text = new StringWriter();
        ExplainedFinding.Write(text, rule.Error(new Place { Object = "a\u001b[2Jb" }, "with \u001b[31m in it"), Paint.None);

        Assert.DoesNotContain('\u001b', text.ToString());
    }
}
