using System.Buffers;
using Skep.Contracts;
using Skep.Programs;
using Skep.Runtime;

namespace Skep.Execution.Native;

/// <summary>
/// All machine code of a runtime. Programs lie side by side in regions between guard pages; no page is writable and executable at any time. What is no code is filled with
/// instructions that trap. Thread-safe. Takes no memory from the system before the first installation.
/// </summary>
internal sealed class CodeArena : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<IExecutableMemory> _createMemory;
    private readonly long _maxBytes;
    private readonly bool _randomise;
    private readonly IReadOnlyList<CodeLog> _logs;
    private RegionTable? _regions;
    private InstructionCache? _cache;
    private long _usedBytes;
    private bool _isDisposed;

    /// <exception cref="IOException">A file for profilers that the options ask for can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">A file for profilers that the options ask for can't be made.</exception>
    public CodeArena(Limits limits, CodeArenaOptions options)
        : this(limits, options, () => ExecutableMemory.Create(options))
    {
    }

    /// <param name="createMemory">Called at the first installation.</param>
    internal CodeArena(Limits limits, CodeArenaOptions options, Func<IExecutableMemory> createMemory)
    {
        _maxBytes = limits.MaxCodeBytes;
        _randomise = options.Randomise;
        _createMemory = createMemory;
        _logs = CodeLog.Open(options);
    }

    /// <summary>What installed code takes, in bytes, rounding included.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <summary>What is taken from the system for code, in bytes, without guard pages.</summary>
    public long ReservedBytes
    {
        get
        {
            lock (_lock)
            {
                return _regions?.Bytes ?? 0;
            }
        }
    }

    /// <summary>Copies code to where it can be called, with the addresses that it asks for.</summary>
    /// <param name="image">Of the processor that this process runs on.</param>
    /// <param name="cells">The program's; to be disposed after the code.</param>
    /// <param name="program">What the image was made of, for the names in files for profilers; null leaves it out of them.</param>
    /// <exception cref="CodeMemoryException"><see cref="Limits.MaxCodeBytes"/> is reached, or the system gives no executable memory.</exception>
    /// <exception cref="ArgumentException">The image points outside of itself.</exception>
    public InstalledCode Install(NativeImage image, HelperCells cells, LoweredProgram? program = null)
    {
        CodePatcher.Require(image, cells.Count);
        CodeBlock block = Allocate(image.Code.Length);
        try
        {
            Write(block, image, cells);
            var code = new InstalledCode(this, block, image);
            if (program is not null && _logs.Count > 0)
            {
                var symbols = CodeSymbols.Of(program, image);
                foreach (CodeLog log in _logs)
                {
                    log.Add(code.Address, code.Bytes, symbols);
                }
            }

            return code;
        }
        catch
        {
            Free(block);
            throw;
        }
    }

    /// <summary>Gives up the memory. Code that is still installed keeps its region until it is disposed.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            ReleaseIfDone();
        }

        foreach (CodeLog log in _logs)
        {
            log.Dispose();
        }
    }

    internal void Free(CodeBlock block)
    {
        int length = block.Length;
        byte[] traps = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            FillPattern.Fill(traps.AsSpan(0, length), TrapCode.Pattern);
            _regions!.Memory.Write(block.Region.Range, block.Offset, traps.AsSpan(0, length));
            _cache!.Publish(block.Address, length);
        }
        catch (CodeMemoryException)
        {
            // What lies there now is stale code, or can't be executed. Nobody calls it, and the next installation writes over it.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(traps);
        }

        lock (_lock)
        {
            _usedBytes -= length;
            _regions!.GiveBack(block);
            ReleaseIfDone();
        }
    }

    private CodeBlock Allocate(int length)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_regions is null)
            {
                IExecutableMemory memory = _createMemory();
                _cache = InstructionCache.Create(memory);
                _regions = new RegionTable(memory, _randomise);
            }

            int granularity = _regions.Memory.Granularity;
            long rounded = (length + (long)granularity - 1) & -granularity;
            if (rounded > _maxBytes - _usedBytes)
            {
                throw new CodeMemoryException(
                    $"The code needs {rounded:N0} bytes, and {_usedBytes:N0} of {_maxBytes:N0} bytes are in use. Unload programs, or raise Limits.MaxCodeBytes.");
            }

            CodeBlock block = _regions.Take(rounded);
            _usedBytes += block.Length;
            return block;
        }
    }

    private void Write(CodeBlock block, NativeImage image, HelperCells cells)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(block.Length);
        try
        {
            Span<byte> code = buffer.AsSpan(0, block.Length);
            image.Code.AsSpan().CopyTo(code);
            FillPattern.Fill(code[image.Code.Length..], TrapCode.Pattern);
            CodePatcher.Patch(code[..image.Code.Length], image, block.Address, cells);
            _regions!.Memory.Write(block.Region.Range, block.Offset, code);
            _cache!.Publish(block.Address, block.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ReleaseIfDone()
    {
        if (_isDisposed && _usedBytes == 0 && _regions is { } regions)
        {
            regions.Release();
            _cache!.Dispose();
            _regions = null;
            _cache = null;
        }
    }
}
