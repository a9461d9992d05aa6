using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Skep.Events;
using Skep.Helpers;
using Skep.Maps;

namespace Skep.Hosting.Extensions.Tests;

/// <summary>Applications with a runtime that can run the samples.</summary>
internal static class Runtimes
{
    public static string Counter => Path.Combine(AppContext.BaseDirectory, "counter.bpf.o");

    public static SkepBuilder AddSamples(this SkepBuilder builder)
        => builder.AddPlugin<ArrayMapsPlugin>().AddPlugin<BaseHelpersPlugin>().AddPlugin<TimerEventsPlugin>();

    /// <summary>An application without files, arguments and console.</summary>
    public static HostApplicationBuilder Application(params (string Key, string Value)[] settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)));
        return builder;
    }
}
