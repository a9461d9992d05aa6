using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Skep.Cli.Tests;

/// <summary>The samples that watch this machine's kernel.</summary>
public class TracepointTests
{
    private const int Copies = 1_237;

    public TracepointTests() => Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "tracepoints need root on Linux");

    [Fact]
    public async Task Syscount_counts_what_strace_counts()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "needs strace");
        using var folder = new TemporaryFolder();

        // A machine that is too busy makes the kernel drop events, which the summary tells; such a run says nothing about counting.
        for (int attempt = 1; ; attempt++)
        {
            using SkepProcess process = SkepProcess.Start("run", SkepProcess.Sample("syscount"), "--json", "--all-entries");
            await process.ReadUntilAsync(IsAttached);
            await RunAsync("/usr/bin/strace", "-c", "-o", folder.File("strace"), "dd", "if=/dev/zero", "of=/dev/null", "bs=1", $"count={Copies}");
            process.Signal(PosixSignal.SIGINT);
            JsonElement summary = (await process.FinishAsync()).Expect(0).JsonLines[^1];
            if (summary.GetProperty("links")[0].GetProperty("lost").GetInt64() > 0 && attempt < 3)
            {
                continue;
            }

            (int read, int write) = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (63, 64) : (0, 1);
            Dictionary<(int Pid, int Number), long> counts = summary.GetProperty("maps").EnumerateArray().First().GetProperty("entries").EnumerateArray()
                .ToDictionary(entry => (entry.GetProperty("key").GetProperty("pid").GetInt32(), entry.GetProperty("key").GetProperty("nr").GetInt32()), entry => entry.GetProperty("value").GetInt64());
            long reads = CallsOf("read", folder.File("strace"));
            long writes = CallsOf("write", folder.File("strace"));
            Assert.True(reads >= Copies && writes >= Copies, $"strace saw {reads} reads and {writes} writes");
            Assert.Contains(counts, entry => entry.Key.Number == read && entry.Value == reads && counts.GetValueOrDefault((entry.Key.Pid, write)) == writes);
            return;
        }
    }

    [Fact]
    public async Task Opensnoop_sees_a_file_being_opened()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("the-file");
        await File.WriteAllTextAsync(file, "");
        using SkepProcess process = SkepProcess.Start("run", SkepProcess.Sample("opensnoop"), "--json");
        await process.ReadUntilAsync(IsAttached);

        // Helpers read the memory of the process after the call: it has to live on, and to keep the name where it was, as its arguments are.
        using Process tail = Start("/usr/bin/tail", "-f", file);
        await process.ReadUntilAsync(line => line.Contains($"tail opens {file}", StringComparison.Ordinal));
        tail.Kill();
    }

    [Fact]
    public async Task Execlog_prints_records_by_their_type()
    {
        using SkepProcess process = SkepProcess.Start("run", SkepProcess.Sample("execlog"), "--json");
        await process.ReadUntilAsync(IsAttached);
        int pid = await RunAsync("/bin/sleep", "1");
        string seen = await process.ReadUntilAsync(line => line.Contains($"\"pid\":{pid},", StringComparison.Ordinal));
        JsonElement record = JsonDocument.Parse(seen.TrimEnd().Split('\n')[^1]).RootElement;

        Assert.Equal("record", record.GetProperty("type").GetString());
        Assert.Equal("events", record.GetProperty("map").GetString());
        Assert.Equal("sleep", record.GetProperty("value").GetProperty("comm").GetString());
        Assert.Equal("/bin/sleep", record.GetProperty("value").GetProperty("filename").GetString());
    }

    [Fact]
    public async Task A_timers_program_runs_for_a_tracepoint()
    {
        using SkepProcess process = SkepProcess.Start("run", SkepProcess.Sample("hello"), "--attach", "tracepoint:syscalls/sys_enter_openat", "--json", "--max-events", "3");
        string seen = await process.ReadUntilAsync(IsAttached);
        await RunAsync("/bin/cat", "/dev/null");
        await RunAsync("/bin/cat", "/dev/null");
        JsonElement summary = (await process.FinishAsync(seen)).Expect(0).JsonLines[^1];

        Assert.Equal("tracepoint", summary.GetProperty("programs")[0].GetProperty("type").GetString());
        Assert.True(summary.GetProperty("links")[0].GetProperty("events").GetInt64() >= 3);
    }

    [Fact]
    public async Task An_unknown_tracepoint_is_a_finding()
        => Assert.Contains("SKEP6004", (await SkepProcess.RunAsync("run", SkepProcess.Sample("hello"), "--attach", "tracepoint:sched/no_such_point")).Expect(1).Error, StringComparison.Ordinal);

    private static bool IsAttached(string line) => line.Contains("\"type\":\"attached\"", StringComparison.Ordinal);

    private static long CallsOf(string name, string file)
        => File.ReadLines(file).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length >= 5 && words[^1] == name)
            .Select(words => long.Parse(words[3], System.Globalization.CultureInfo.InvariantCulture)).Single();

    private static async Task<int> RunAsync(string file, params string[] arguments)
    {
        using Process process = Start(file, arguments);
        await process.WaitForExitAsync();
        return process.Id;
    }

    private static Process Start(string file, params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        return process;
    }
}
