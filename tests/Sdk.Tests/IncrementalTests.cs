using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Skep.Sdk.Tests.Harness;

namespace Skep.Sdk.Tests;

/// <summary>What did not change is not made again.</summary>
public sealed class IncrementalTests
{
    private const string Source = """
        using Skep.Contracts;
        [HelperSet("acme")] public partial class Set { [Helper("acme/f")] public int F(int value) => value; }
        [ProgramContext("event")] public partial struct Event { public int A; }
        """;

    [Theory]
    [InlineData("public class Other { }")]
    [InlineData("")]
    public void What_is_elsewhere_makes_nothing_again(string added)
    {
        CSharpCompilation compilation = Compiled.Compile(Source);
        GeneratorDriver driver = Compiled.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        if (added.Length > 0)
        {
            compilation = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(added, (CSharpParseOptions)compilation.SyntaxTrees[0].Options, cancellationToken: TestContext.Current.CancellationToken));
        }

        Assert.All(Reasons(driver.RunGenerators(compilation, TestContext.Current.CancellationToken)), actual => Assert.Equal(IncrementalStepRunReason.Cached, actual));
    }

    [Fact]
    public void A_changed_body_makes_nothing_again_and_a_changed_signature_its_set()
    {
        CSharpCompilation compilation = Compiled.Compile(Source);
        GeneratorDriver driver = Compiled.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        driver = driver.RunGenerators(Compiled.Compile(Source.Replace("=> value", "=> value + 1", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.All(Reasons(driver), actual => Assert.Equal(IncrementalStepRunReason.Cached, actual));
        driver = driver.RunGenerators(Compiled.Compile(Source.Replace("int value", "uint value", StringComparison.Ordinal).Replace("=> value", "=> 0", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], Reasons(driver));
    }

    /// <summary>Of the set and of the context, in this order.</summary>
    private static List<IncrementalStepRunReason> Reasons(GeneratorDriver driver)
    {
        GeneratorRunResult result = Assert.Single(driver.GetRunResult().Results);
        return
        [
            .. new[] { SkepGenerator.Sets, SkepGenerator.Contexts }.Select(step => Assert.Single(Assert.Single(result.TrackedSteps[step]).Outputs).Reason),
        ];
    }
}
