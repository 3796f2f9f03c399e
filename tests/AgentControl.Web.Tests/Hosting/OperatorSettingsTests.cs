using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Web.Tests.Hosting;

/// <summary>An operator's settings lie where the program is started, and keep their place in the order of precedence.</summary>
public sealed class OperatorSettingsTests : IDisposable
{
    private const string Variable = "OperatorSettingsTests__E";
    private readonly string program = Directory.CreateTempSubdirectory("ac-program-").FullName;
    private readonly string folder = Directory.CreateTempSubdirectory("ac-folder-").FullName;

    [Fact]
    public async Task Each_source_overrides_those_before_it()
    {
        await WriteAsync(
            program,
            "appsettings.json",
            """{ "A": "1", "B": "1", "C": "1", "D": "1", "E": "1", "F": "1" }"""
        );
        await WriteAsync(folder, "appsettings.json", """{ "B": "2", "C": "2", "D": "2", "E": "2", "F": "2" }""");
        await WriteAsync(program, "appsettings.Production.json", """{ "C": "3", "D": "3", "E": "3", "F": "3" }""");
        await WriteAsync(folder, "appsettings.Production.json", """{ "D": "4", "E": "4", "F": "4" }""");
        Environment.SetEnvironmentVariable(Variable, "5");
        Environment.SetEnvironmentVariable(Variable.Replace("__E", "__F", StringComparison.Ordinal), "5");

        var settings = Build("--OperatorSettingsTests:F=6").GetSection("OperatorSettingsTests");

        Assert.Equal(
            ["1", "2", "3", "4", "5", "6"],
            new[] { "A", "B", "C", "D", "E", "F" }.Select(key => settings[key])
        );
    }

    [Fact]
    public void A_folder_without_settings_is_as_good()
    {
        Assert.Null(Build()["OperatorSettingsTests:A"]);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Environment.SetEnvironmentVariable(Variable.Replace("__E", "__F", StringComparison.Ordinal), null);
        Directory.Delete(program, recursive: true);
        Directory.Delete(folder, recursive: true);
    }

    private static Task WriteAsync(string place, string name, string settings) =>
        File.WriteAllTextAsync(
            Path.Combine(place, name),
            $$"""{ "OperatorSettingsTests": {{settings}} }""",
            TestContext.Current.CancellationToken
        );

    private ConfigurationManager Build(params string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = arguments,
                ContentRootPath = program,
                EnvironmentName = "Production",
            }
        );
        builder.AddOperatorSettings(folder);
        return builder.Configuration;
    }
}
