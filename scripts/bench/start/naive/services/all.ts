// What a folder of services with one index costs: each command loads them all.
import "./DB";
import "./Logger";
import "./Mailer";
import "./Redis";
import "./SQLite";
import "ejs";
