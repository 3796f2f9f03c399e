using System.ComponentModel;
using AgentControl.Core.Agents;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.FileProviders;

namespace AgentControl.Web.Tests.Pages;

/// <summary>What a test's job is given.</summary>
internal sealed record EchoInput([property: Description("What to say")] string Text, int Times = 1);

/// <summary>An agent for pages: it is only ever submitted.</summary>
[Agent(Name, "1", Description = "Says it again.")]
internal sealed class EchoAgent : IAgent<EchoInput, string>
{
    public const string Name = "echo";

    public Task<string> RunAsync(EchoInput input, IJobContext job, CancellationToken cancellationToken) =>
        Task.FromResult(input.Text);
}

/// <summary>A host without files of its own.</summary>
internal sealed class NoFiles : IWebHostEnvironment
{
    public string WebRootPath { get; set; } = "";
    public IFileProvider WebRootFileProvider { get; set; } = new NullFileProvider();
    public string ApplicationName { get; set; } = "test";
    public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    public string ContentRootPath { get; set; } = "";
    public string EnvironmentName { get; set; } = "Test";
}
