using System.Net.Sockets;
using System.Text;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Rest;

/// <summary>U+0000 in an address, sent as it is: clients of the base library would change it on the way.</summary>
public sealed class NullInPathTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    [Theory]
    [InlineData("/api/v1/workspaces/default/files/a%00b")]
    [InlineData("/api/v1/workspaces/default/files/a%2500b")]
    [InlineData("/api/v1/workspaces/a%00b/files")]
    [InlineData("/api/v1/agents/a%00b")]
    [InlineData("/api/v1/agents/a%2500b")]
    [InlineData("/api/v1/agents/assistant/notes/a%00b")]
    [InlineData("/api/v1/jobs/a%00b")]
    [InlineData("/api/v1/jobs/a%00b/checkpoints/c%00d")]
    [InlineData("/api/v1/jobs?q=a%00b")]
    [InlineData("/api/v1/services/a%00b")]
    [InlineData("/agents/a%00b")]
    [InlineData("/jobs?q=a%00b")]
    [InlineData("/workspace/default/a%00b")]
    [InlineData("/a%00b")]
    public async Task It_is_refused(string target)
    {
        var answer = await SendAsync(target);

        Assert.True(answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task A_program_is_told_by_a_problem() =>
        Assert.Contains("\"errors\":{\"address\":", await SendAsync("/api/v1/jobs?q=a%00b"), StringComparison.Ordinal);

    private async Task<string> SendAsync(string target)
    {
        var stop = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(program.Address.Host, program.Address.Port, stop);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"GET {target} HTTP/1.1\r\nHost: {program.Address.Authority}\r\nAuthorization: Bearer {ProgramFixture.AdminKey}\r\nConnection: close\r\n\r\n"
            ),
            stop
        );
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(stop);
    }
}
