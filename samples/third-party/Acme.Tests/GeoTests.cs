using Acme.Geo;
using Microsoft.Extensions.Logging.Abstractions;
using Skep.Contracts;
using Skep.Testing;

namespace Acme.Tests;

/// <summary>The contract of helper sets, and what these helpers are for.</summary>
public sealed class GeoTests : HelperSetContract
{
    private const int Documentation = unchecked((int)0xC0000207); // 192.0.2.7
    private const string Interpreter = "interpreter";
    private const int Netherlands = 'N' | 'L' << 8;

    protected override IHelperSet Create() => Geo();

    [Fact]
    public void An_address_has_a_country()
    {
        using var runtime = new FakeRuntime(Geo());
        foreach (string engine in runtime.Engines)
        {
            Assert.Equal((ulong)Netherlands, runtime.Run($"w1 = {Documentation}\ncall acme.geo/country\nexit", engine));
            Assert.Equal(0UL, runtime.Run("w1 = 0x08080808\ncall acme.geo/country\nexit", engine));
        }
    }

    [Fact]
    public void What_was_asked_is_counted_for_all_programs()
    {
        using var runtime = new FakeRuntime(Geo());
        for (int i = 0; i < 3; i++)
        {
            runtime.Run($"w1 = {Documentation}\ncall acme.geo/country\nexit", Interpreter);
        }

        Assert.Equal(3UL, runtime.Run($"w1 = {Netherlands}\ncall acme.geo/seen\nexit", Interpreter));
    }

    [Fact]
    public void A_country_has_a_name()
    {
        using var runtime = new FakeRuntime(Geo());
        Assert.Equal((ulong)('N' | 'L' << 8), runtime.Run($"""
            w1 = {Netherlands}
            *(u64 *)(r10 -8) = 0
            r2 = r10
            r2 += -8
            r3 = 8
            call acme.geo/name
            r0 = *(u64 *)(r10 -8)
            exit
            """, Interpreter));
    }

    private static GeoHelpers Geo() => new(NullLogger<GeoHelpers>.Instance);
}

/// <summary>The contract of plugins.</summary>
public sealed class GeoPluginTests : PluginContract
{
    protected override IPlugin Create() => new GeoPlugin();

    protected override IEnumerable<object> Services => [NullLogger<GeoHelpers>.Instance];
}
