using System.Security.Cryptography;
using System.Text;
using AgentControl.Core.Agents;

namespace AgentControl.Core.Tests.Agents;

/// <summary>A workspace in memory, shared by the contexts of one test.</summary>
internal sealed class FakeWorkspace : IJobWorkspace
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public List<string> Comments { get; } = [];

    public IReadOnlyCollection<string> Paths
    {
        get
        {
            lock (_files)
            {
                return [.. _files.Keys];
            }
        }
    }

    public string Text(string path) => Encoding.UTF8.GetString(_files[path]);

    public void Put(string path, byte[] content) => _files[path] = content;

    public Task<IReadOnlyList<WorkspaceEntry>> ListAsync(string prefix) =>
        Task.FromResult<IReadOnlyList<WorkspaceEntry>>([
            .. _files.Where(f => f.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(f => Entry(f.Key, f.Value)),
        ]);

    public Task<byte[]?> ReadAsync(string path) => Task.FromResult(_files.GetValueOrDefault(path));

    public Task<WorkspaceEntry> WriteAsync(string path, ReadOnlyMemory<byte> content, string? contentType = null)
    {
        lock (_files)
        {
            Assert.True(_files.TryAdd(path, content.ToArray()), $"'{path}' was written twice.");
        }

        return Task.FromResult(Entry(path, content.ToArray()));
    }

    public Task CommentAsync(string markdown, string? path = null)
    {
        Comments.Add(markdown);
        return Task.CompletedTask;
    }

    private static WorkspaceEntry Entry(string path, byte[] content) =>
        new(path, 1, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), "application/octet-stream");
}
