using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Skep.Tidy.Tests;

/// <summary>Small files with one idea, methods that fit on a screen. What is longer is listed with its reason, and may only shrink.</summary>
public class LengthTests
{
    private const int MaxFileLines = 400;
    private const int MaxMethodLines = 70;

    /// <summary>File, the lines it has today, why it may.</summary>
    private static readonly (string File, int Lines, string Reason)[] LongFiles =
    [
    ];

    /// <summary>File and method, the lines it has today, why it may.</summary>
    private static readonly (string Method, int Lines, string Reason)[] LongMethods =
    [
        ("src/Core/Execution/Interpreter/Interpreter.Dispatch.cs:Execute", 279, "the one flat switch: a line an operation, no logic of its own"),
        ("tests/Core.Tests/Dump/ProgramDumpTests.cs:The_graph_is_drawn_as_bpftool_draws_it", 73, "one expected graph, as data"),
    ];

    [Fact]
    public void Files_are_short()
    {
        foreach (string file in Repository.WithEnding(".cs"))
        {
            int lines = Repository.Read(file).AsSpan().Count('\n');
            int most = LongFiles.FirstOrDefault(entry => entry.File == file) is { File: not null } entry ? entry.Lines : MaxFileLines;
            Assert.True(lines <= most, $"{file} has {lines} lines, the most is {most}: split it by shape, then by memory region, then by system.");
        }
    }

    [Fact]
    public void Methods_are_short()
    {
        foreach (string file in Repository.WithEnding(".cs"))
        {
            SyntaxTree tree = CSharpSyntaxTree.ParseText(Repository.Read(file));
            foreach (BaseMethodDeclarationSyntax method in tree.GetRoot().DescendantNodes().OfType<BaseMethodDeclarationSyntax>())
            {
                FileLinePositionSpan span = tree.GetLineSpan(method.Span);
                int lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                string name = $"{file}:{Name(method)}";
                int most = LongMethods.FirstOrDefault(entry => entry.Method == name) is { Method: not null } entry ? entry.Lines : MaxMethodLines;
                Assert.True(lines <= most, $"{name} has {lines} lines, the most is {most}.");
            }
        }
    }

    [Fact]
    public void The_lists_of_exceptions_are_true()
    {
        Assert.All(LongFiles, entry => Assert.True(Repository.Exists(entry.File) && entry.Reason.Length > 0, $"{entry.File} is gone: remove its entry."));
        Assert.All(LongMethods, entry => Assert.True(Repository.Exists(entry.Method.Split(':')[0]) && entry.Reason.Length > 0, $"{entry.Method} is gone: remove its entry."));
    }

    private static string Name(BaseMethodDeclarationSyntax method) => method switch
    {
        MethodDeclarationSyntax ordinary => ordinary.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => method.Kind().ToString(),
    };
}
