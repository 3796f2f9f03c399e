using AgentControl.Engine.Hosting;
using AgentControl.Engine.Storage.Embedded;
using AgentControl.Web.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddOperatorSettings(Environment.CurrentDirectory);
#pragma warning disable RS0030 // commands write to the console they were called from
var (output, errors) = (Console.Out, Console.Error);
#pragma warning restore RS0030
if (await Commands.RunFirstAsync(builder, args, output) is { } early)
    return early;
ControlDatabase opened;
try
{
    opened = await builder.AddControlPlaneAsync();
}
catch (EmbeddedPostgresException problem)
{
    await errors.WriteLineAsync(problem.Message);
    return 1;
}
await using var database = opened;
await using var app = builder.Build();
if (await Commands.RunAsync(app, database, args, output) is { } exitCode)
    return exitCode;
app.UseControlPlane();
await app.RunUntilToldAsync();
return 0;
