using System.Text;
using System.Text.Json;
using Skep.Btf;
using Skep.Cli.Output;
using Spectre.Console.Testing;

namespace Skep.Cli.Tests;

/// <summary>One description, two forms.</summary>
public class ReportTests
{
    private static readonly ReportTable Table = new(
        "rows",
        "title",
        [new("name", "name"), new("count", "count"), new("hidden", null)],
        [
            [Cell.Of("[red]first[/]"), Cell.Of(7), Cell.Of(true)],
            [Cell.Of("second"), Cell.Of(1000), Cell.None],
        ])
    {
        Footer = "… and 3 more",
    };

    [Fact]
    public void A_table_is_columns_in_text()
    {
        Assert.Equal(
            """
            title
              name           count
              [red]first[/]      7
              second          1000
              … and 3 more

            """,
            Text(Report.Of(Table)),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void A_table_is_an_array_of_objects_in_json()
        => Assert.Equal(
            """{"rows":[{"name":"[red]first[/]","count":7,"hidden":true},{"name":"second","count":1000,"hidden":null}]}""",
            Json(Report.Of(Table)));

    [Fact]
    public void The_only_part_without_a_key_is_the_value_itself()
        => Assert.Equal("[]", Json(Report.Of(Table with { Key = "", Rows = [] })));

    [Fact]
    public void Fields_without_a_key_are_merged()
    {
        Report report = Report.Of(
            new ReportFields("", "", [new("type", null, Cell.Of("summary"))]),
            new ReportList("maps", [Report.Of(new ReportFields("", "map one", [new("name", "name", Cell.Of("one"))]))]),
            new ReportFields("", "", [new("lost", "lost", Cell.Of(2))]));

        Assert.Equal("""{"type":"summary","maps":[{"name":"one"}],"lost":2}""", Json(report));
        Assert.Equal("map one\n  name: one\nlost: 2\n", Text(report), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void An_empty_table_says_so_in_text_or_says_nothing()
    {
        Assert.Equal("title\n  (empty)\n", Text(Report.Of(Table with { Rows = [], WhenEmpty = "empty" })), ignoreLineEndingDifferences: true);
        Assert.Equal("", Text(Report.Of(Table with { Title = "", Rows = [], WhenEmpty = "" })));
    }

    [Fact]
    public void Values_are_shown_by_their_type_and_as_bytes_without_one()
    {
        var btf = new BtfGraph([new BtfVoid(), new BtfInteger("int", 4, BtfIntegerEncoding.Signed, 0, 32)]);

        Assert.Equal("-2", Cell.Of(btf, new BtfTypeId(1), [0xfe, 0xff, 0xff, 0xff]).Text);
        Assert.Equal("fe ff ff ff", Cell.Of(null, null, [0xfe, 0xff, 0xff, 0xff]).Text);
    }

    private static string Text(Report report)
    {
        var console = new TestConsole();
        console.Profile.Width = 200;
        ReportText.Write(console, report);
        return string.Join('\n', console.Output.Split('\n').Select(line => line.TrimEnd(' ')));
    }

    private static string Json(Report report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            ReportJson.Write(json, report);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
