namespace Skep;
